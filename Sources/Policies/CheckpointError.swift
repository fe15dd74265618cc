/// A checkpoint folder that can't be used, with the place and the mend.
public enum CheckpointError: Error, Equatable {
  case missingFile(path: String, purpose: String)
  case unreadableFile(path: String, reason: String)
  case unreadableTokenizer(path: String, reason: String)
  case tokenizerFailed(reason: String)
  case unknownStatisticsKey(key: String, known: [String], path: String)
  case noStatistics(path: String)
  case ambiguousStatistics(known: [String], path: String)
  case badStatistics(path: String, key: String, reason: String)
  case unknownModelType(String, known: [String], path: String)
  case unusable(path: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingFile(let path, let purpose):
      "\(path): no such file. A checkpoint needs it for \(purpose); copy it there or name another folder."
    case .unreadableFile(let path, let reason):
      "\(path): can't be read: \(reason)"
    case .unreadableTokenizer(let path, let reason):
      "\(path): not a SentencePiece model (\(reason)). Copy the checkpoint's tokenizer.model again."
    case .tokenizerFailed(let reason):
      "the tokenizer failed: \(reason)"
    case .unknownStatisticsKey(let key, let known, let path):
      "\(path): no statistics for the key '\(key)'. Choose one with --unnorm-key: \(known.joined(separator: ", "))."
    case .noStatistics(let path):
      "\(path): holds no dataset, so nothing says how to scale actions; copy the checkpoint's own file there."
    case .ambiguousStatistics(let known, let path):
      "\(path): statistics of several datasets. Choose one with --unnorm-key: \(known.joined(separator: ", "))."
    case .badStatistics(let path, let key, let reason):
      "\(path): statistics '\(key)': \(reason)"
    case .unknownModelType(let type, let known, let path):
      "\(path): model_type '\(type)' can't be used here; \(known.joined(separator: " or ")) can."
    case .unusable(let path, let reason):
      "\(path): can't be used: \(reason)"
    }
  }
}
