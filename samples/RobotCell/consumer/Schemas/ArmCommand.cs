namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>What the arm is to do. The way back: written in C#, read in Python.</summary>
[SharedObject("cell_command")]
internal readonly partial record struct ArmCommand(
    long Sequence,      // "sequence": comes back in ArmState.Command
    bool Motion,        // "motion": whether to move at all
    double Speed);      // "speed": how fast, 0 to 1
