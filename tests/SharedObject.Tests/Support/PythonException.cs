using System;
using System.Collections.Generic;

namespace SharedObjects.Tests.Support;

/// <summary>A command of a Python peer raised.</summary>
internal sealed class PythonException(string type, IReadOnlyList<string> bases, string message) : Exception($"{type}: {message}")
{
    /// <summary>Whether the Python exception is of a class, or of one derived from it.</summary>
    internal bool Is(string name) => type == name || System.Linq.Enumerable.Contains(bases, name);
}
