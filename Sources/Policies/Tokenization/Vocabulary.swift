import Geometry

/// All that a vision-language-action model says and hears, as token ids: text, places, actions.
public final class Vocabulary {
  public let text: SentencePieceTokenizer
  public let actions: ActionTokenizer
  public let locations: LocationTokenizer?
  public let template: PromptTemplate
  public let grounding: Grounding
  /// Whether prompts hold the instruction.
  public let instructions: InstructionUse

  /// `<s>`, which stands before the image.
  public static let beginToken = 1
  /// `</s>`, which ends an answer.
  public static let endToken = 2

  /// The id of the empty piece `▁` that follows `Out:` (29871 in Llama's tokenizer).
  public let spaceToken: Int

  /// - Throws: `CheckpointError` where the tokenizer lacks a piece that the model needs.
  public init(
    text: SentencePieceTokenizer, actions: ActionTokenizer, template: PromptTemplate,
    grounding: Grounding, locationBins: Int, instructions: InstructionUse = .read, source: String
  ) throws {
    self.text = text
    self.actions = actions
    self.template = template
    self.grounding = grounding
    self.instructions = instructions
    guard let space = text.id(ofPiece: "▁") else {
      throw CheckpointError.unreadableTokenizer(path: source, reason: "it has no piece '▁'")
    }
    spaceToken = space
    if locationBins > 0 {
      let pieces = LocationTokenizer.pieces(binCount: locationBins)
      guard let first = text.id(ofPiece: pieces[0]),
        text.id(ofPiece: pieces[locationBins - 1]) == first + locationBins - 1
      else {
        throw CheckpointError.unreadableTokenizer(
          path: source,
          reason: "it lacks the pieces \(pieces[0]) to \(pieces[locationBins - 1])")
      }
      locations = LocationTokenizer(firstToken: first, binCount: locationBins)
    } else {
      locations = nil
    }
    if grounding != .none, locations == nil {
      throw CheckpointError.unreadableTokenizer(
        path: source, reason: "grounding '\(grounding.rawValue)' needs location_bins above 0")
    }
  }

  /// The ids after the image for an instruction, the empty piece at the end as `predict_action` appends it; the same for
  /// all of them where instructions are not read.
  public func promptTokens(forInstruction instruction: String) throws -> [Int] {
    let instruction = instructions == .read ? instruction : ""
    var ids = try text.encode(template.prompt(forInstruction: instruction))
    if ids.last != spaceToken { ids.append(spaceToken) }
    return ids
  }

  /// The ids after the image for a question, without the answer.
  public func promptTokens(forQuestion question: String) throws -> [Int] {
    try text.encode(template.prompt(forQuestion: question))
  }
}
