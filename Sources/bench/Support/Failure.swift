import ArgumentParser
import Environments
import Evaluation
import Files
import Foundation
import ImageFiles
import Policies
import Rendering
import StrictYAML
import Torch
import Training

/// Runs a command's work; what goes wrong is said on standard error and becomes the exit code of its kind.
func reportingFailures(_ work: () throws -> Void) throws {
  do {
    try work()
  } catch let error as ExitCode {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch {
    note("bench: \(error)")
    throw ExitCode(exitCode(of: error))
  }
}

/// The exit status that tells a script what kind of trouble an error is.
private func exitCode(of error: any Error) -> Int32 {
  switch error {
  case let error as EvaluationError: error.exitCode
  case is CheckpointError, is RecipeError, is YAMLError: 65
  case is TorchError, is ImageFileError: 65
  case let error as FileFault: error.operation == .read ? 65 : 2
  case is RenderingError, is UnavailableDevice: 5
  default: 2
  }
}
