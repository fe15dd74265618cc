import Policies

/// Something in a recipe that contradicts the rest of it, or that its policy would not obey.
struct RecipeFlaw: Hashable {
  /// Where it is, such as `stages[1].steps`.
  var key: String
  var problem: String
  var mend: String

  init(_ key: String, _ problem: String, mend: String) {
    (self.key, self.problem, self.mend) = (key, problem, mend)
  }
}

extension Recipe {
  /// What is wrong with the recipe beyond the range of each number.
  var flaws: [RecipeFlaw] {
    adaptationFlaws + modelFlaws + visitedFlaws + demonstrationFlaws + stageFlaws
  }

  // MARK: - Adaptation

  private var adaptationFlaws: [RecipeFlaw] {
    guard let adaptation else {
      return (lora != nil ? [loraFlaw] : [])
        + [("model", model == nil), ("tokenizer", tokenizer == nil && initialWeights == nil)]
        .filter(\.1).map {
          RecipeFlaw($0.0, "the key '\($0.0)' is missing", mend: "add a section `\($0.0):`")
        }
    }
    var flaws: [RecipeFlaw] = []
    if policy != .openVLA {
      flaws.append(
        RecipeFlaw("adaptation", "'adaptation' is for the policy openvla", mend: "remove it"))
    }
    if initialWeights == nil {
      flaws.append(
        RecipeFlaw(
          "adaptation", "'adaptation' needs 'initial_weights', the checkpoint that is adapted",
          mend: "add a line `initial_weights: FOLDER`"))
    }
    for (key, isPresent) in [
      ("model", model != nil), ("tokenizer", tokenizer != nil),
      ("instructions", instructions != nil),
    ]
    where isPresent {
      flaws.append(
        RecipeFlaw(
          key, "'\(key)' must be left out: an adapted checkpoint keeps its own", mend: "remove it"))
    }
    if adaptation == .lora, lora == nil {
      flaws.append(
        RecipeFlaw(
          "adaptation", "'adaptation: lora' needs 'lora' with 'rank' and 'alpha'",
          mend: "add `lora: {rank: 16, alpha: 16}`"))
    }
    return adaptation != .lora && lora != nil ? flaws + [loraFlaw] : flaws
  }

  private var loraFlaw: RecipeFlaw {
    RecipeFlaw("lora", "'lora' needs 'adaptation: lora'", mend: "add that, or remove 'lora'")
  }

  // MARK: - Sizes

  private var modelFlaws: [RecipeFlaw] {
    guard let model else { return [] }
    var flaws: [RecipeFlaw] = []
    func require(_ holds: Bool, _ key: String, _ problem: String, mend: String) {
      if !holds { flaws.append(RecipeFlaw("model.\(key)", problem, mend: mend)) }
    }
    require(
      model.imageSize.isMultiple(of: model.patchSize), "image_size",
      "image_size \(model.imageSize) is no multiple of patch_size \(model.patchSize)",
      mend: "choose one that is")
    require(
      model.stem == nil || model.patchSize.isMultiple(of: 4), "stem",
      "a stem needs a patch_size that is a multiple of 4, not \(model.patchSize)",
      mend: "choose another patch_size, or leave the stem out")
    for (key, width, heads) in [
      ("vision_heads", model.visionWidth, model.visionHeads), ("heads", model.width, model.heads),
    ] {
      require(
        width.isMultiple(of: heads), key,
        "\(heads) heads do not share \(width) channels evenly",
        mend: "choose another number of heads")
    }
    func requireChunks(_ whose: String) {
      require(
        model.chunkLength != nil && model.executedLength != nil, "",
        "\(whose) needs 'chunk_length' and 'executed_length'", mend: "add both")
      require(
        model.executedLength ?? 1 <= model.chunkLength ?? .max, "executed_length",
        "more actions are executed than predicted", mend: "lower it to chunk_length or less")
    }
    if policy == .diffusionPolicy {
      require(
        model.grounding == .none && model.locationBins == 0, "grounding",
        "a diffusion policy says no locations", mend: "write `grounding: none`, `location_bins: 0`")
      require(
        model.decoding == nil, "decoding", "a diffusion policy denoises its actions",
        mend: "remove it")
      requireChunks("a diffusion policy")
      require(
        model.tellsTurn != true || stages.contains { $0.turnWeight > 0 && $0.robotImages > 0 },
        "tells_turn", "no stage teaches turns",
        mend: "give a stage `turn_weight` above 0, or remove it")
      for (key, isPresent) in [
        ("smooth_numbers", model.smoothNumbers != nil),
        ("action_spread", model.actionSpread != nil),
        ("action_choices", model.actionChoices != nil),
      ] {
        require(!isPresent, key, "a diffusion policy has no tokens for numbers", mend: "remove it")
      }
    } else {
      require(
        (model.grounding == .none || model.locationBins > 0) && model.locationBins != 1,
        "location_bins",
        "\(model.locationBins) bins with `grounding: \(model.grounding.rawValue)`",
        mend: "give a grounded model 2 bins or more, and others 0 or 2 or more")
      for (key, isPresent) in [
        ("history", model.history != nil), ("proprioception", model.proprioception != nil),
        ("action_normalization", model.actionNormalization != nil),
        ("tells_turn", model.tellsTurn != nil), ("tells_way", model.tellsWay != nil),
      ] {
        require(!isPresent, key, "it is for the policy diffusion-policy", mend: "remove it")
      }
      if decodesInParallel {
        requireChunks("a model that decodes in parallel")
        require(
          model.chunkLength ?? 1 <= 64, "chunk_length", "a chunk has 64 actions at most",
          mend: "lower it")
        require(
          model.grounding == .none, "grounding",
          "a model that decodes in parallel says nothing before it acts",
          mend: "write `grounding: none`, or remove `decoding`")
        for (key, isPresent) in [
          ("action_spread", model.actionSpread != nil),
          ("action_choices", model.actionChoices != nil),
        ] {
          require(!isPresent, key, Self.noActionTokens, mend: "remove it")
        }
      } else {
        for (key, value) in [
          ("chunk_length", model.chunkLength), ("executed_length", model.executedLength),
        ] {
          require(
            value == nil, key,
            "it is for the policy diffusion-policy, and for a language model with `decoding: parallel`",
            mend: "remove it")
        }
      }
    }
    return flaws
  }

  private static let noActionTokens = "actions that are decoded in parallel are numbers, not tokens"

  // MARK: - Visited states

  private var visitedFlaws: [RecipeFlaw] {
    let asking = stages.firstIndex { ($0.visitedShare ?? 0) > 0 }
    if visited != nil, asking == nil {
      return [
        RecipeFlaw(
          "visited", "no stage draws visited states",
          mend: "give a stage `visited_share: 0.3`, or remove 'visited'")
      ]
    }
    if visited == nil, let asking {
      return [
        RecipeFlaw(
          "stages[\(asking)].visited_share", "there are no visited states to draw",
          mend: "add a line `visited: FILE`, or remove it")
      ]
    }
    return []
  }

  private var demonstrationFlaws: [RecipeFlaw] {
    if noiseAnew != nil, demonstrations == nil {
      return [
        RecipeFlaw(
          "noise_anew", "every robot image is of a demonstration of its own already",
          mend: "remove it, or add a line `demonstrations: 150`")
      ]
    }
    guard demonstrations != nil, stages.allSatisfy({ $0.robotImages == 0 }) else { return [] }
    return [
      RecipeFlaw(
        "demonstrations", "no stage draws robot images",
        mend: "give a stage `robot_images`, or remove it")
    ]
  }

  // MARK: - Stages

  private var stageFlaws: [RecipeFlaw] {
    var names: Set<String> = []
    return stages.enumerated().flatMap { number, stage in
      var flaws: [RecipeFlaw] = []
      func require(_ holds: Bool, _ key: String, _ problem: String, mend: String) {
        if !holds {
          flaws.append(
            RecipeFlaw("stages[\(number)].\(key)", "stage '\(stage.name)': \(problem)", mend: mend))
        }
      }
      require(
        names.insert(stage.name).inserted, "name", "another has this name", mend: "rename one")
      require(
        (stage.scheduleSteps ?? .max) >= stage.steps, "schedule_steps",
        "schedule_steps \(stage.scheduleSteps ?? 0) must not be below steps \(stage.steps)",
        mend: "raise it, or leave it out")
      require(
        stage.warmupSteps <= stage.scheduleSteps ?? stage.steps, "warmup_steps",
        "the warm-up is longer than the schedule", mend: "shorten it")
      require(
        stage.robotImages + stage.visionImages >= 1, "robot_images",
        "a batch needs at least one image", mend: "ask for robot_images or vision_images")
      require(
        (stage.gates ?? []).allSatisfy {
          $0.figure == .lie || stage.robotImages > 0 && stage.decisionsPerImage > 0
        }, "gates", "there are no decisions that a gate could measure",
        mend: "remove it, or ask for robot_images and decisions_per_image")
      require(
        (stage.gates ?? []).allSatisfy {
          $0.figure != .lie || stage.patchWeight > 0 && stage.robotImages > 0
        }, "gates", "the gate 'lie' measures patch labels of robot images, which are not learned",
        mend: "remove it, or give patch_weight and robot_images a value above 0")
      require(
        stage.gazeAt == nil || stage.gazeWeight > 0 && policy == .openVLA, "gaze_at",
        "nobody is taught where to look", mend: "remove it, or give gaze_weight a value above 0")
      require(
        stage.placeNoise == nil || policy == .diffusionPolicy && stage.robotImages > 0,
        "place_noise",
        "nobody is told places while it learns", mend: "remove it")
      require(
        stage.actionSpread == nil || policy == .openVLA, "action_spread",
        "a diffusion policy has no tokens for numbers", mend: "remove it")
      require(
        stage.actionSpread == nil || !decodesInParallel, "action_spread", Self.noActionTokens,
        mend: "remove it")
      for (key, usual, reason) in unobeyed(in: stage) {
        require(false, key, reason, mend: "write \(usual)")
      }
      return flaws
    }
  }

  /// Keys of a stage that ask for something and would change nothing, with the value that says so and the reason.
  private func unobeyed(in stage: Stage) -> [(key: String, usual: Int, reason: String)] {
    var keys: [(String, Int, String)] = []
    func check(_ key: String, _ value: Double, usual: Int = 0, _ reason: String) {
      if value != Double(usual) { keys.append((key, usual, reason)) }
    }
    if stage.robotImages == 0 {
      let reason = "there are no robot images to ask about"
      check("decisions_per_image", Double(stage.decisionsPerImage), reason)
      check("questions_per_robot_image", Double(stage.questionsPerRobotImage), reason)
      check("turn_noise", stage.turnNoise, reason)
      check("turn_share", stage.turnShare, usual: 1, reason)
      check("mishaps", stage.mishaps, reason)
      check("misjudgements", stage.misjudgements ?? 0, reason)
      check("varied_looks", stage.variedLooks, reason)
      check("visited_share", stage.visitedShare ?? 0, reason)
    }
    if tasks != nil, stage.robotImages > 0 {
      // One demonstrated decision, or none where a stage looks at pictures alone.
      if stage.decisionsPerImage > 1 {
        keys.append(("decisions_per_image", 1, "a task's demonstration has one decision"))
      }
      check("varied_paints", stage.variedPaints ?? 0, "tasks are shown as they look")
      check("visited_share", stage.visitedShare ?? 0, "visited states are not those of tasks")
    }
    if stage.visionImages == 0, stage.robotImages == 0 || stage.variedLooks == 0 {
      let reason =
        "all frames have the robot's own surroundings, without varied_looks or vision_images"
      check("varied_lamps", stage.variedLamps ?? 0, reason)
      check("camera_shift", stage.cameraShift ?? 0, reason)
    }
    if stage.visionImages == 0 {
      check(
        "questions_per_vision_image", Double(stage.questionsPerVisionImage),
        "there are no vision images to ask about")
    }
    if policy == .diffusionPolicy {
      let reason = "a diffusion policy does not have it"
      check("word_weight", stage.wordWeight, reason)
      check("place_weight", stage.placeWeight, reason)
      check("action_noise", stage.actionNoise, reason)
      check("questions_per_robot_image", Double(stage.questionsPerRobotImage), reason)
      check("questions_per_vision_image", Double(stage.questionsPerVisionImage), reason)
      check("gripper_weight", stage.gripperWeight, usual: 1, reason)
      check("location_weight", stage.locationWeight, usual: 1, reason)
    } else if let model, model.locationBins == 0 {
      let reason = "a model without location_bins says no places"
      check("place_weight", stage.placeWeight, reason)
      check("gaze_weight", stage.gazeWeight, reason)
      check("location_weight", stage.locationWeight, usual: 1, reason)
    }
    if decodesInParallel { check("action_noise", stage.actionNoise, Self.noActionTokens) }
    if policy == .openVLA, let model, model.locationBins == 0 {
      check("turn_weight", stage.turnWeight, "turns are told in bins, and location_bins is 0")
    }
    return keys
  }
}
