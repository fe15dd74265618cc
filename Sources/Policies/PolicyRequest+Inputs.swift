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
