import EnvironmentInterface
import Geometry
import Rendering
import Testing

@testable import Environments

/// The package's objects: enough of them, graspable, large enough to see, named apart.
struct CatalogTests {
  @Test func trainingHoldsAtLeastADozenMovableObjects() throws {
    let environment = try SharedTabletop.environment()
    #expect(environment.training.movable.count >= 12)
    let unseen = Set(environment.catalog.objectNames).subtracting(environment.training.objects)
    #expect(unseen.isSuperset(of: ["skull", "tape", "grapes", "apple", "banana"]))
  }

  @Test func everyObjectFitsBetweenTheFingersThatShallTakeIt() throws {
    let environment = try SharedTabletop.environment()
    let catalog = environment.catalog
    // With 7 mm to spare on each side, 3.5 mm where no policy is trained, and the palm over its top.
    func check(_ names: [String], in setup: String) throws {
      let gripper = try #require(catalog.setups[setup]).robot.gripper
      for object in names.compactMap({ catalog.objects[$0] }) {
        let spare = setup == environment.training.setup ? 0.014 : 0.007
        #expect(object.graspWidth <= gripper.maximumOpening - spare, "\(object.name) in \(setup)")
        #expect(
          object.top - object.body.graspPoint.z <= gripper.fingerLength,
          "\(object.name) in \(setup)")
      }
    }
    for task in environment.suiteDefinitions.flatMap(\.tasks) where task.family.isHeldOnTheWay {
      try check(
        task.objects + task.others.filter(environment.training.movable.contains), in: task.setup)
    }
    try check(environment.training.movable, in: environment.training.setup)
  }

  @Test func everyObjectIsSeenLargeEnough() throws {
    let environment = try SharedTabletop.environment()
    let catalog = environment.catalog
    let views = try #require(environment.builder.views[environment.training.setup])
    let frames = catalog.objectNames.compactMap { catalog.drawnObjects[$0]?.model }.map { model in
      Frame(
        staticScene: views.primary.staticScene,
        moving: [
          Instance(
            model: model, worldFromModel: RigidTransform(translation: Vector3(0.28, 0, 0)),
            label: 1)
        ])
    }
    let labels = try environment.renderers.pool().renderLabels(frames)
    for (name, image) in zip(catalog.objectNames, labels) {
      let rows = (0..<image.height).filter { row in
        (0..<image.width).contains { image[row, $0] == 1 }
      }
      let columns = (0..<image.width).filter { column in
        (0..<image.height).contains { image[$0, column] == 1 }
      }
      // Litter is small.
      let least = environment.training.pictured.objects.contains(name) ? 20 : 12
      #expect(max(rows.count, columns.count) >= least, "\(name)")
    }
  }

  @Test func namesTellObjectsOfTrainingApart() throws {
    let environment = try SharedTabletop.environment()
    let words = environment.training.objects.compactMap {
      environment.catalog.objects[$0]?.words
    }
    let names = words.flatMap { [$0.phrase] + $0.variants }
    #expect(Set(names).count == names.count)
    // Unseen words stay unseen.
    let unseen = Set(words.flatMap(\.unseen))
    #expect(unseen.isDisjoint(with: names))
  }
}
