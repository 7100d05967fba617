namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>Labs are many processes, and what they show are times: one at a time, with nothing else beside it.</summary>
[CollectionDefinition(nameof(LabCollection), DisableParallelization = true)]
#pragma warning disable CA1711 // xunit's word for it
public sealed class LabCollection;
#pragma warning restore CA1711
