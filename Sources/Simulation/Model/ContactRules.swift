import Foundation
import Geometry

/// The numbers of the contact rules: friction, tolerances and what makes a grasp hold.
///
/// The world is kinematic and quasi-static: nothing has a speed, and at the end of each control step all
/// that is not held is at rest. Solids are upright prisms; a tilted one counts as its shadow times its
/// range of heights. The rules, and where they come from:
///
/// - *Pushing* (`shove`): a body gives way along the contact's normal, without turning, and takes along
///   what lies on it. Quasi-static pushing, Mason 1986, "Mechanics and planning of manipulator pushing
///   operations", reduced to its translation. It stops at fixed bodies and at the table's edge.
/// - *Grasping* (`graspCandidate`): the closing direction lies in the friction cones of both contacts.
///   Antipodal grasps, Nguyen 1988, "Constructing force-closure grasps". A grasp too near a body's end or
///   top is insecure and slips.
/// - *Resting* (`RestSearch`): a body let go falls straight down, is set upright, and stays where its
///   center of mass is over the hull of its contacts, the support polygon of McGhee and Frank 1968, "On
///   the stability properties of quadruped creeping gaits"; else it goes the shortest way off.
/// - *Tumbling* (`topple`, `StablePoses`; where `tumbles`): a body pushed above its center of mass tips, and what is let
///   go comes to rest on one of the stable faces of its hull. Lynch 1999; Goldberg et al. 1999.
/// - *Turning* (`pivot`; where `turnsPushedBodies`): a push off the center turns the body. Mason 1986; Lynch et al. 1992.
/// - *Slipping* (`InsecureHold`; where `insecureSteps` is not 0): a bad grasp holds for a while. Howe and Cutkosky 1996.
/// - *Containers*: over a hollow that it fits a body slides clear of the walls and falls to the floor; one
///   that is too large rests on the rim.
/// - *Stopping*: hand and held body stop on the table, and on or under bodies.
///
/// The arm's links behind the palm meet nothing.
public struct ContactRules: Sendable, Hashable, Codable {
  /// The farthest along the gripper's z axis that a held section's center may be from the fingers [m].
  public var graspLateralTolerance = 0.020
  /// How far the fingers must reach below a body's top [m]; half its height is enough for a flat one.
  public var graspDepth = 0.008
  /// The largest angle between the closing direction and a contact's normal: arctan of the friction [rad].
  public var frictionAngle = 30 * Double.pi / 180
  /// The deepest overlap of two solids that counts as touching [m].
  public var penetrationTolerance = 1e-3
  /// The longest way between two looks for contact [m].
  public var substepLength = 5e-3
  /// The largest turn between two looks for contact [rad].
  public var substepAngle = 0.05
  /// What a held body carries falls off when the body leans further than this [rad].
  public var spillAngle = Double.pi / 4

  /// Whether bodies tip over and rest on any stable face; else what is let go is set upright.
  public var tumbles = false
  /// Whether a body that is pushed off its center turns; else it keeps its heading.
  public var turnsPushedBodies = false
  /// How far from the contact's normal a body goes that a pushed body pushes, towards the way of the push: no farther than
  /// friction between them holds (Mason 1986) [rad]; along the normal where left out.
  public var chainFrictionAngle: Double?
  /// The friction coefficient between bodies and what they stand on.
  public var tableFriction = 0.5
  /// For how many control steps fingers hold in the air what they hold badly; 0 where they don't take hold of it at all.
  public var insecureSteps = 0
  /// How much farther aside than a secure grasp an insecure one may be, and how much shallower, as a share of the limit.
  public var insecureShare = 0.75

  public init() {}

  var spillCosine: Double { cos(spillAngle) }
  var frictionCosine: Double { cos(frictionAngle) }
}
