import EnvironmentInterface
import RandomNumbers

extension TabletopEnvironment {
  /// The instruction of another goal that could have been set in an episode's first state, as demonstrations say it.
  ///
  /// One about another object, where there is one. The same episode always gets the same.
  ///
  /// - Returns: nil where nothing else could be asked for.
  public func otherInstruction(for episode: Episode) throws -> String? {
    let state = try start(episode)
    let scene = state.scene
    let others = training.goals(in: state.world, scene: scene).filter { $0 != scene.goal }
    let elsewhere = others.filter { $0.object != scene.goal.object }
    var source = RandomStream(seed: episode.seed)
      .named("other-instruction", episode.suite, episode.task).numbered(episode.index)
    // Another goal may be called by the same words, as with two cups of one name.
    let sentences = (elsewhere.isEmpty ? others : elsewhere)
      .map { training.instruction(for: $0, in: scene, source: &source).sentence }
      .filter { $0 != episode.instruction }
    return source.element(of: sentences)
  }
}
