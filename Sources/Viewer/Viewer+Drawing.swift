internal import CImGui
internal import COpenGL
import Rendering

// What a frame of the window is made of.
extension Viewer {
  /// - Returns: false where somebody asked to quit.
  func draw(_ source: some ViewerSource, isMoving: Bool) throws -> Bool {
    let (width, height) = window.size
    guard width > 0, height > 0 else { return true }
    let tracks = source.tracks
    let moments = tracks.map { $0.moment(playback.step) }
    // A picture that has not been drawn yet leaves the last one in its place.
    if let seen = moments.compactMap({ $0?.observation }).first {
      pictureSize = (seen.height, seen.width)
    }
    let layout = ViewerLayout(
      width: width, height: height, tracks: tracks.count,
      observation: pictureSize, isFullScreen: isFullScreen)
    try drawScenes(moments, source, layout, isMoving: isMoving)

    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), 0)
    glViewport(0, 0, GLsizei(width), GLsizei(height))
    glDisable(GLenum(GL_SCISSOR_TEST))
    let (red, green, blue) = ViewerInk.components(ViewerInk.paper)
    glClearColor(red, green, blue, 1)
    glClear(GLbitfield(GL_COLOR_BUFFER_BIT))
    for (view, place) in zip(sceneViews, layout.scenes) {
      view.show(x: place.x, y: place.y, windowHeight: height)
    }
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), 0)
    for (number, moment) in moments.enumerated() {
      while pictures.count <= number { pictures.append(ImageTexture()) }
      if let image = moment?.observation { try pictures[number].show(image) }
    }
    CImGui_beginFrame()
    let isGoingOn = widgets(source, moments, layout)
    CImGui_endFrame()
    try checkOpenGL("drawing the window")
    return isGoingOn
  }

  private func drawScenes(
    _ moments: [ViewerMoment?], _ source: some ViewerSource, _ layout: ViewerLayout, isMoving: Bool
  ) throws {
    let now = Drawn(
      layout: layout, selection: source.selection,
      steps: source.tracks.map { min(playback.step, $0.count - 1) }, camera: orbit,
      isMoving: isMoving)
    guard now != drawn else { return }
    for (number, moment) in moments.enumerated() {
      guard let frame = moment?.frame else { return }
      if sceneViews.count <= number { sceneViews.append(try SceneView()) }
      let place = layout.scenes[number]
      try sceneViews[number].draw(
        frame, camera: orbit?.camera ?? frame.viewingCamera, width: place.width,
        height: place.height, isMoving: isMoving)
    }
    drawn = now
  }

  /// Lays out what stands over and beside the scenes; false where somebody asked to quit.
  private func widgets(
    _ source: some ViewerSource, _ moments: [ViewerMoment?], _ layout: ViewerLayout
  ) -> Bool {
    let tracks = source.tracks
    for (number, moment) in moments.enumerated() {
      guard let moment else { continue }
      let overlay = SceneOverlay(
        camera: orbit?.camera ?? moment.frame.viewingCamera, place: layout.scenes[number])
      overlay.begin()
      if showsRegion { source.startRegions.forEach(overlay.draw(region:)) }
      if let action = moment.action { overlay.draw(action) }
      let (title, ink) = self.title(of: tracks[number], among: tracks.count, source)
      overlay.draw(title: title, ink)
      overlay.end()
    }
    guard !isFullScreen else { return true }
    PolicyPanel(caption: source.caption, step: playback.step).show(tracks, in: layout.words)
    for (number, place) in layout.pictures.enumerated() {
      guard let moment = moments[number] else { continue }
      CImGui_image(
        pictures[number].handle, Float(place.x), Float(place.y), Float(place.width),
        Float(place.height))
      PolicyPanel(caption: source.caption, step: playback.step)
        .annotate(tracks[number], moment, in: place)
    }
    let chosen = episodePanel.show(source, in: layout.list)
    let last = lastStep(of: source)
    let isOver = tracks.allSatisfy(\.outcome.isOver)
    let end = isOver ? last : source.caption.stepLimit
    let timeline = ActionTimeline(
      bar: TransportPanel.bar(in: layout.transport), end: end, step: playback.step)
    let sought = zip(tracks, layout.timelines).enumerated().compactMap { number, pair in
      timeline.show(pair.0, number: number, isNamed: tracks.count > 1, in: pair.1)
    }.first
    let wish =
      TransportPanel().show(
        playback, end: end, message: source.message, under: layout.scenes, in: layout.transport)
      ?? sought.map(TransportPanel.Wish.seek)
    if let chosen { select(chosen, source) }
    switch wish {
    case .seek(let step):
      playback.isPlaying = false
      playback.seek(step, lastStep: last)
    case .request(let request): return perform(request, source)
    case nil: break
    }
    return true
  }

  /// What stands in a scene's corner: who acts, and how it stands at the step that is shown.
  private func title(of track: ViewerTrack, among count: Int, _ source: some ViewerSource) -> (
    String, UInt32
  ) {
    let isAtEnd = playback.step >= track.count - 1
    let outcome = track.outcome
    let name = isFullScreen ? "\(track.policy): \(source.caption.instruction)" : track.policy
    if outcome.isOver {
      return isAtEnd
        ? ("\(name) — \(outcome.words)", ViewerInk.ink(of: outcome)) : (name, ViewerInk.bright)
    }
    return (isAtEnd ? "\(name) — thinking" : name, ViewerInk.bright)
  }
}
