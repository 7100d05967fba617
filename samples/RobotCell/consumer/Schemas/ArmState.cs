namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>All that the arm says about itself, one value of a step: a Python dict.</summary>
[SharedObject("cell_state")]
internal readonly partial record struct ArmState(
    long Timestamp,                 // "timestamp": time.time_ns()
    long Sequence,                  // "sequence": the number of the arm's step, 1000 a second
    long Command,                   // "command": the sequence of the command that it obeys
    string Mode,                    // "mode": str of up to 100 bytes, Python's default
    [Key("ok")] bool IsHealthy,     // "ok": bool
    double Speed,                   // "speed": float, 0 to 1
    Pose Tcp,                       // "tcp": Pose
    [Shape(7)] double[] Qpos,       // "qpos": np.ndarray float64 (7,), rad
    [Shape(7)] double[] Qvel,       // "qvel", rad/s
    [Shape(7)] double[] Qf);        // "qf", N m
