namespace SharedObjects.Generators.Model;

/// <summary>The names of what is generated into the type; each has a suffix where the type has a member of that name.</summary>
internal sealed record GeneratedNames(
    string Codec,
    string DefaultName,
    string Layout,
    string Open,
    string OpenAsync,
    string OpenOrCreate,
    string Create,
    string Publish,
    string View,
    string Writer,
    string Fetch,
    string Update,
    string CodecClass);
