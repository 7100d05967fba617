namespace SharedObjects.Cli.Top;

/// <summary>What the table of <c>top</c> is sorted by.</summary>
internal enum SortOrder
{
    Rate,
    Bandwidth,
    Age,
    Size,
    Name,
}
