import EnvironmentInterface

extension PolicyRequest {
  /// What the primary camera sees.
  ///
  /// - Throws: `PolicyError.missingInput` where the observation has none.
  var image: Image {
    get throws(PolicyError) {
      guard let image = observation.primaryImage else { throw .missingInput("an image") }
      return image
    }
  }

  /// What the robot feels.
  ///
  /// - Throws: `PolicyError.missingInput` where the observation has none.
  var proprioception: Proprioception {
    get throws(PolicyError) {
      guard let felt = observation.proprioception else { throw .missingInput("proprioception") }
      return felt
    }
  }

  /// What was seen one control step before: at an episode's first step the same as now.
  ///
  /// - Throws: `PolicyError.missingInput` where a later observation has none.
  var earlier: EarlierObservation {
    get throws(PolicyError) {
      if let earlier = observation.earlier { return earlier }
      guard observation.step == 0 else {
        throw .missingInput("the observation of one control step before")
      }
      return EarlierObservation(observation)
    }
  }

  /// - Throws: `PolicyError.missingInput` where the observation has none.
  var instruction: String {
    get throws(PolicyError) {
      guard let instruction = observation.instruction else {
        throw .missingInput("an instruction")
      }
      return instruction
    }
  }
}
