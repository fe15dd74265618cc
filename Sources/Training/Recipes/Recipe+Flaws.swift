extension Recipe {
  /// What is wrong with the recipe beyond its types, nil where nothing is.
  var flaw: String? {
    if let model, model.patchSize < 1 || model.imageSize % model.patchSize != 0 {
      return "image_size \(model.imageSize) is no multiple of patch_size \(model.patchSize)"
    }
    return adaptationFlaw ?? stageFlaw
  }

  private var adaptationFlaw: String? {
    guard let adaptation else {
      if lora != nil { return "'lora' needs 'adaptation: lora'" }
      return missingKey.map { "lacks the key '\($0)'" }
    }
    if policy != .openVLA { return "'adaptation' is for the policy openvla" }
    if initialWeights == nil {
      return "'adaptation' needs 'initial_weights', the checkpoint that is adapted"
    }
    if model != nil || tokenizer != nil {
      return "'model' and 'tokenizer' must be left out: an adapted checkpoint keeps its own"
    }
    guard adaptation == .lora else {
      return lora == nil ? nil : "'lora' needs 'adaptation: lora'"
    }
    guard let lora else { return "'adaptation: lora' needs 'lora' with 'rank' and 'alpha'" }
    guard lora.rank >= 1, lora.alpha > 0, lora.alpha.isFinite else {
      return "at 'lora': rank must be at least 1 and alpha above 0"
    }
    return nil
  }

  /// A key that only an adaptation can do without.
  private var missingKey: String? {
    model == nil ? "model" : tokenizer == nil ? "tokenizer" : nil
  }

  private var stageFlaw: String? {
    if stages.isEmpty { return "'stages' is empty; a recipe trains in at least one stage" }
    for stage in stages {
      if stage.steps < 1 { return "stage '\(stage.name)': steps must be at least 1" }
      if let end = stage.scheduleSteps, end < stage.steps {
        return "stage '\(stage.name)': schedule_steps \(end) must not be below steps \(stage.steps)"
      }
      if stage.robotImages < 0 || stage.visionImages < 0
        || stage.robotImages + stage.visionImages < 1
      {
        return "stage '\(stage.name)': a batch needs at least one image"
      }
    }
    return nil
  }
}
