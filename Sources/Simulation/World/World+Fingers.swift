import Geometry

extension World {
  /// Opens or closes the fingers, all the way in one control step unless something is in between.
  ///
  /// - Parameter target: between the fingers' inner faces [m].
  mutating func moveFingers(
    to target: Double, in model: TabletopModel, _ disturbed: inout BodySet
  ) {
    if let grasp {
      guard target > gripperOpening + model.rules.penetrationTolerance else { return }
      letGo(of: grasp, in: model, &disturbed)
    }
    if target < gripperOpening {
      close(to: target, in: model, &disturbed)
    } else if target > gripperOpening {
      sweepFingers(to: target, past: BodySet(), in: model, &disturbed)
    }
  }

  /// Closes on a body that the fingers can hold, else on nothing or, without holding, on what blocks them.
  private mutating func close(
    to target: Double, in model: TabletopModel, _ disturbed: inout BodySet
  ) {
    guard let candidate = graspCandidate(closingTo: target, in: model) else {
      sweepFingers(to: target, past: BodySet(), in: model, &disturbed)
      return
    }
    let (poses, alreadyDisturbed) = (worldFromBody, disturbed)
    // The finger that meets the body first takes it along to the middle. Where something stands in the
    // way of that, the hand gives way instead, which a position-controlled arm hardly shows.
    if !shove(
      candidate.body, by: candidate.centering, besides: BodySet(), in: model, &disturbed)
    {
      (worldFromBody, disturbed) = (poses, alreadyDisturbed)
    }
    sweepFingers(to: candidate.width, past: BodySet(candidate.body), in: model, &disturbed)
    guard gripperOpening <= candidate.width + model.rules.penetrationTolerance else { return }
    let worldFromGripper = worldFromGripper(in: model)
    grasp = Grasp(
      body: candidate.body,
      gripperFromBody: worldFromGripper.inverse * worldFromBody[candidate.body])
    cargo = bodies(carriedBy: candidate.body, besides: BodySet(), in: model)
    insecureHold = InsecureHold(candidate, held: self, in: model)
    touchedByHand.insert(candidate.body)
    heldByHand.insert(candidate.body)
    firstTouched = firstTouched ?? candidate.body
  }

  /// Moves the fingers apart or together, pushing what gives way, until something does not.
  ///
  /// - Parameter past: bodies that the fingers may touch.
  private mutating func sweepFingers(
    to target: Double, past: BodySet, in model: TabletopModel, _ disturbed: inout BodySet
  ) {
    var (before, hand) = (MovingSolids(), MovingSolids())
    var step = 2 * model.rules.substepLength
    while gripperOpening != target {
      let next =
        target > gripperOpening
        ? min(target, gripperOpening + step) : max(target, gripperOpening - step)
      let (poses, alreadyDisturbed) = (worldFromBody, disturbed)
      place(&before, at: worldFromGripper(in: model), opening: gripperOpening, in: model)
      if clearFingers(at: next, after: before, past: past, &hand, in: model, &disturbed) {
        gripperOpening = next
      } else {
        (worldFromBody, disturbed) = (poses, alreadyDisturbed)
        step /= 4
        guard step > 1e-4 else { return }
      }
    }
  }

  /// Pushes away what fingers at an opening would run into; false, and half done, if it does not give way.
  private mutating func clearFingers(
    at opening: Double, after before: MovingSolids, past: BodySet, _ hand: inout MovingSolids,
    in model: TabletopModel, _ disturbed: inout BodySet
  ) -> Bool {
    let poses = worldFromBody
    let worldFromGripper = worldFromGripper(in: model)
    var lastPush: LateralContact?
    place(&hand, at: worldFromGripper, opening: opening, in: model)
    for _ in 0..<Self.contactRounds {
      let contacts = contacts(
        of: hand, after: before, poses, besides: past, isHorizontal: true, in: model)
      touch(contacts)
      guard let push = contacts.lateral else { return true }
      guard !push.opposes(lastPush),
        shove(push.body, by: push.displacement, besides: BodySet(), in: model, &disturbed)
      else { return false }
      lastPush = push
    }
    return false
  }
}
