import Foundation

/// Opens conversations with a server, waiting for one that is not there yet.
struct Connector {
  var address: RemoteAddress
  var dialect: Dialect
  var settings: RemoteSettings

  /// A new conversation.
  ///
  /// A server that loads a model for minutes refuses connections meanwhile, so refusals are tried again, less and
  /// less often, as long as the settings' patience lasts.
  func open() throws(RemoteError) -> any RemoteSession {
    let end = Deadline(seconds: settings.patience)
    var pause = 0.1
    var hasReported = false
    while true {
      do throws(RemoteError) {
        return try openOnce(before: Deadline(seconds: max(settings.timeout, 10)))
      } catch {
        guard error.isLoss, !end.hasPassed else { throw error }
        if !hasReported, pause > 1 {
          settings.report(
            "waiting for \(address.text), \(settings.patience.formattedSeconds) s at most: \(error)"
          )
          hasReported = true
        }
      }
      Thread.sleep(forTimeInterval: min(pause, Double(end.milliseconds) / 1000))
      pause = min(pause * 2, 5)
    }
  }

  private func openOnce(before deadline: Deadline) throws(RemoteError) -> any RemoteSession {
    switch dialect {
    case .openpi, .roboArena:
      try OpenPISession(
        to: address, hasEndpoints: dialect == .roboArena, settings: settings, before: deadline)
    case .vlaEval: try VLAEvalSession(to: address, settings: settings, before: deadline)
    case .openVLA, .openVLATwice:
      try OpenVLASession(
        to: address, encodesTwice: dialect == .openVLATwice, settings: settings, before: deadline)
    case .gr00t: try GR00TSession(to: address, settings: settings, before: deadline)
    case .roboEvals: try RoboEvalsSession(to: address, settings: settings, before: deadline)
    }
  }
}

extension Dialect {
  /// The dialect that a server speaks, found by listening to it.
  ///
  /// openpi's servers speak first, vla-eval's and robo-evals' answer a greeting of theirs, OpenVLA's know nothing but
  /// `/act`. ZeroMQ means GR00T.
  public static func probed(at address: RemoteAddress, settings: RemoteSettings)
    throws(RemoteError) -> Dialect
  {
    switch address.transport {
    case .zeroMQ: return .gr00t
    case .http:
      var patient = settings
      patient.timeout = min(settings.timeout, 5)
      do throws(RemoteError) {
        _ = try Connector(address: address, dialect: .roboEvals, settings: patient).open()
        return .roboEvals
      } catch {
        if error.isLoss { throw error }
        return .openVLA
      }
    case .webSocket:
      var patient = settings
      // A server that speaks first does so at once.
      patient.timeout = min(settings.timeout, 3)
      for dialect in [Dialect.openpi, .vlaEval, .roboEvals] {
        do throws(RemoteError) {
          let session = try Connector(address: address, dialect: dialect, settings: patient).open()
          let isArena = session.greeting["needs_session_id"] != nil
          return isArena ? .roboArena : dialect
        } catch {
          if case .unreachable = error { throw error }
          patient.patience = 0
        }
      }
      throw .unfit(
        address.text,
        reason: "it speaks none of openpi, vla-eval and robo-evals; --dialect names one anyhow")
    }
  }
}
