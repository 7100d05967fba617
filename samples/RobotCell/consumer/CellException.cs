using System;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Something is wrong with the cell; the message is for the person in front of the screen.</summary>
internal sealed class CellException(string message) : Exception(message);
