namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>What goes with a frame; the camera assigns it after the frame's images.</summary>
[SharedObject("cell_cam0_info")]
internal readonly partial record struct CameraInfo(
    long Timestamp,     // "timestamp": time.time_ns()
    long Frame,         // "frame": its number
    long Syncs,         // "syncs": how many sync triggers were obeyed before this frame was begun
    double Rate);       // "rate": frames a second, as intended
