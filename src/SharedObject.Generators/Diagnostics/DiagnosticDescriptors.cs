using Microsoft.CodeAnalysis;

namespace SharedObjects.Generators.Diagnostics;

/// <summary>
/// Every rule, in one place. Each has a section in docs/diagnostics.md and an entry in AnalyzerReleases.Unshipped.md; a
/// message says what to write instead.
/// </summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "SharedObject";
    private const string ProjectUrl = "https://github.com/sharedobject/sharedobject/blob/main/";
    private const string HelpPage = ProjectUrl + "docs/diagnostics.md#";

    // ---- the type -------------------------------------------------------------------------------------------------

    internal static readonly DiagnosticDescriptor NotPartial = Error(
        "SHOB001",
        "A schema must be partial",
        "'{0}' must be declared partial, because its codec is generated into it: write '{1}'");

    internal static readonly DiagnosticDescriptor Generic = Error(
        "SHOB002",
        "A schema can't be generic",
        "'{0}' can't be a schema because {1} is generic, and the layout of a shared object must be the same "
            + "for all; write one type for each set of type arguments");

    internal static readonly DiagnosticDescriptor Derived = Error(
        "SHOB003",
        "A schema can't derive from another type",
        "'{0}' derives from '{1}', whose members would have no place in the layout: write all members into "
            + "'{0}', or make the '{1}' a member of it");

    internal static readonly DiagnosticDescriptor UnsupportedTypeForm = Error(
        "SHOB004",
        "This kind of type can't be a schema",
        "'{0}' can't be a schema because {1}; {2}");

    internal static readonly DiagnosticDescriptor BadObjectName = Error(
        "SHOB005",
        "Not a name for a shared object",
        "{0} can't name a shared object because {1}; {2}");

    internal static readonly DiagnosticDescriptor BadInitSize = Error(
        "SHOB006",
        "InitSize must be positive",
        "InitSize is {0}; it is the least capacity of texts and keys in bytes and must be positive (Python's "
            + "init_size is 100 unless the Python side passes another)");

    internal static readonly DiagnosticDescriptor NoMembers = Error(
        "SHOB007",
        "A schema needs a member",
        "'{0}' has no member to share; add a public property, public field or positional parameter (static and "
            + "computed ones do not count)");

    internal static readonly DiagnosticDescriptor ValueNeedsOneMember = Error(
        "SHOB008",
        "A schema of kind Value has one member",
        "'{0}' has {1} members, but the object of a schema of kind Value is the value of its only member; "
            + "leave one, or drop 'Kind = SharedKind.Value' for a dict");

    internal static readonly DiagnosticDescriptor NoConstructor = Error(
        "SHOB009",
        "A schema needs a constructor that its members can fill",
        "'{0}' can't be constructed from its members: {1}; add a constructor without parameters (it may be "
            + "private), or one whose parameters have the names and types of members");

    internal static readonly DiagnosticDescriptor MemberCannotBeSet = Error(
        "SHOB010",
        "A member of a schema must be settable",
        "'{0}' can't be set when a value is read; give it a setter ('init' or 'private set' will do), or a "
            + "constructor parameter of its name and type");

    // ---- the members ----------------------------------------------------------------------------------------------

    internal static readonly DiagnosticDescriptor UnsupportedMemberType = Error(
        "SHOB011",
        "This type can't be shared",
        "'{0}' has the type '{1}', which has no fixed layout in shared memory; {2}");

    internal static readonly DiagnosticDescriptor ShapeMissing = Error(
        "SHOB012",
        "An array member needs its shape",
        "'{0}' is an array, and the layout needs its shape; write '{1}' before it, with its lengths as numpy "
            + "writes them");

    internal static readonly DiagnosticDescriptor ShapeRank = Error(
        "SHOB013",
        "The shape has the wrong number of lengths",
        "The shape of '{0}' has {1}, but '{2}' has {3}; write '{4}', or change the member's type");

    internal static readonly DiagnosticDescriptor ShapeLength = Error(
        "SHOB014",
        "The lengths of a shape must be positive",
        "The shape of '{0}' has the length {1}; each length must be positive");

    internal static readonly DiagnosticDescriptor TooLarge = Error(
        "SHOB015",
        "The object would be too large",
        "'{0}' would take {1} bytes, and a shared object has at most {2}; make a shape or a capacity smaller, "
            + "or share the parts as objects of their own");

    internal static readonly DiagnosticDescriptor BadCapacity = Error(
        "SHOB016",
        "A capacity must be positive",
        "The capacity of '{0}' is {1}; write how many bytes it can hold, at least 1");

    internal static readonly DiagnosticDescriptor AttributeDoesNotFit = Error(
        "SHOB017",
        "The attribute does not fit the member",
        "[{0}] does not fit '{1}': {2}");

    internal static readonly DiagnosticDescriptor DuplicateKey = Error(
        "SHOB018",
        "Two members have one key",
        "'{0}' and '{1}' both have the dict key '{2}'; give one of them another with [Key(\"…\")]");

    internal static readonly DiagnosticDescriptor BadKey = Error(
        "SHOB019",
        "Not a dict key",
        "The key of '{0}' {1}; write the text that Python uses as the key");

    internal static readonly DiagnosticDescriptor Cycle = Error(
        "SHOB020",
        "A schema can't contain itself",
        "'{0}' makes '{1}' contain itself ({2}), which has no finite size; break the chain, for instance by "
            + "sharing one of them as an object of its own");

    internal static readonly DiagnosticDescriptor BadMemberObjectName = Error(
        "SHOB028",
        "A member of a group needs a name for its object",
        "'{0}' would be the shared object {1}, which can't be a name because {2}; {3}");

    internal static readonly DiagnosticDescriptor SchemaAndGroup = Error(
        "SHOB029",
        "A type is a schema or a group",
        "'{0}' has both [SharedObject] and [SharedObjectGroup]; keep [SharedObject] for one object with all members, or "
            + "[SharedObjectGroup] for an object a member");

    internal static readonly DiagnosticDescriptor MaxShapeMissing = Error(
        "SHOB030",
        "A list or set member needs its largest count",
        "'{0}' is a {1}, and the layout needs room for its elements; write '[MaxShape(…)]' before it, with how many there are "
            + "at most");

    internal static readonly DiagnosticDescriptor ShapeAndMaxShape = Error(
        "SHOB031",
        "An array has one shape",
        "'{0}' has both [Shape] and [MaxShape]; keep [Shape] for an array whose shape never varies, or [MaxShape] for one "
            + "with fewer rows at times");

    internal static readonly DiagnosticDescriptor MaxShapeNeedsDict = Error(
        "SHOB032",
        "An array of varying length needs a dict around it",
        "'{0}' can't have [MaxShape], because its object is the array itself and has no place for the length; make it a "
            + "member of a [SharedObject] of kind Dict, or give it a [Shape]");

    internal static readonly DiagnosticDescriptor UnsupportedElementType = Error(
        "SHOB033",
        "This type can't be an element",
        "'{0}' has elements of type '{1}', which can't be shared there; {2}");

    // ---- suspicious -----------------------------------------------------------------------------------------------

    /// <summary>Known only when all schemas are, hence the tag.</summary>
    internal static readonly DiagnosticDescriptor DuplicateObjectName = new(
        "SHOB021",
        "Two schemas have one object name",
        "'{0}' and '{1}' have the same object name '{2}'; whichever opens second finds an object of another "
            + "layout, so give one of them another name",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpPage + "shob021",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    internal static readonly DiagnosticDescriptor ScatteredMembers = Warning(
        "SHOB022",
        "The members of a schema are in several declarations",
        "The members of '{0}' are in several partial declarations, so their order in the object depends on the "
            + "order in which the files are compiled; move them into one declaration");

    // ---- what plain Python peers can't take -----------------------------------------------------------------------

    internal static readonly DiagnosticDescriptor SeveralArrays = Info(
        "SHOB023",
        "real_robot's Python SharedObject can't mount a dict with several ndarrays",
        "'{0}' has {1} ndarrays; C# and the Python package of this project share it, but a plain real_robot "
            + "peer raises NotImplementedError when it mounts it (one ndarray a dict, or each as an object of its "
            + "own)");

    internal static readonly DiagnosticDescriptor NestedDict = Info(
        "SHOB024",
        "real_robot's Python SharedObject can't fetch a nested dict",
        "'{0}' is a dict in a dict; C# and the Python package of this project share it, but the fetch of a "
            + "plain real_robot peer raises with the lock held, which blocks every writer until that process ends");

    internal static readonly DiagnosticDescriptor CapacityOffRule = Info(
        "SHOB025",
        "A plain Python peer can read but not assign this capacity",
        "The capacity of '{0}' is {1}, not the schema's InitSize ({2}); a plain real_robot peer can read the "
            + "object but not assign it (for that, leave [Capacity] out or set InitSize on both sides)");

    internal static readonly DiagnosticDescriptor NestedInitSize = Info(
        "SHOB027",
        "A nested schema has another InitSize",
        "'{0}' is of type '{1}' with InitSize {2}, in a schema with InitSize {3}; Python peers have one "
            + "init_size for an object with all its keys, and can't make or assign this one (give both the same)");

    internal static readonly DiagnosticDescriptor Sequence = Info(
        "SHOB034",
        "real_robot's Python SharedObject does not know lists, sets and tuples",
        "'{0}' is a {1}; C# and the Python package of this project share it, but the fetch of a plain real_robot peer raises "
            + "with the lock held, which blocks every writer until that process ends");

    // ---- what was done differently --------------------------------------------------------------------------------

    internal static readonly DiagnosticDescriptor RenamedMember = Info(
        "SHOB026",
        "A generated member has another name",
        "'{0}' has a '{1}' of its own, so the generated one is called '{2}'");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        Create(id, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title, string message) =>
        Create(id, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Info(string id, string title, string message) =>
        Create(id, title, message, DiagnosticSeverity.Info);

    // The help link's anchor is the section's heading, which is the id in lower case.
    private static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity) => new(
        id,
        title,
        message,
        Category,
        severity,
        isEnabledByDefault: true,
        helpLinkUri: HelpPage + id.ToLowerInvariant());
}
