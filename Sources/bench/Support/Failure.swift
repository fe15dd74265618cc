import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Files
import Foundation
import ImageFiles
import InputFiles
import Policies
import Recordings
import Remote
import Rendering
import StrictYAML
import Torch
import Training
import Videos
import Viewer

/// Runs a command's work; what goes wrong is said on standard error and becomes the exit code of its kind.
func reportingFailures(_ work: () throws -> Void) throws {
  do {
    try work()
  } catch let error as ExitCode {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch {
    note("bench: \(sentence(on: error))")
    throw ExitCode(exitCode(of: error))
  }
}

/// What an error says; Foundation's own, which say a number, are put as the system's reason with the file.
func sentence(on error: any Error) -> String {
  guard type(of: error) is NSError.Type || error is CocoaError else { return "\(error)" }
  let error = error as NSError
  let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError
  let code = [error, cause].compactMap { $0 }.first { $0.domain == NSPOSIXErrorDomain }?.code
  let reason = code.map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
  let path = error.userInfo[NSFilePathErrorKey] as? String
  return path.map { "\($0): \(reason)" } ?? reason
}

/// The exit status that tells a script what kind of trouble an error is.
private func exitCode(of error: any Error) -> Int32 {
  switch error {
  case let error as EvaluationError: error.exitCode
  case is TrainingGateMissed: 1
  case is CheckpointError, is RecipeError, is YAMLError: 65
  case is TorchError, is ImageFileError, is InputFileError, is PolicyError: 65
  case is RecordingError, is VisitedFileError, is TrainingLogError: 65
  case let error as VideoError: error.exitCode
  case let error as RemoteError: error.isLoss ? 5 : 65
  case let error as FileFault: error.operation == .read ? 65 : 2
  case let error as SceneDrawError: exitCode(of: error)
  case is RenderingError, is ViewerError, is UnavailableDevice: 5
  default: 2
  }
}

extension VideoError {
  /// A missing program is the machine's; a video that could not be written is work that is not done.
  fileprivate var exitCode: Int32 {
    switch self {
    case .noProgram, .noEncoder: 5
    case .notWritten: 2
    }
  }
}

/// Names and numbers of the command line are wrong usage; a scene that cannot be drawn is a file's fault.
private func exitCode(of error: SceneDrawError) -> Int32 {
  switch error {
  case .unknownSuite, .unknownTask, .unknownFactor, .strengthOutsideRange, .unknownCamera: 64
  case .noneLeft, .crowded, .twoKindsOfGrains: 65
  }
}
