using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace SharedObjects.Generators.Parser;

/// <summary>The attributes of a member, wherever they stand: on the constructor parameter, the property or the field.</summary>
internal sealed class MemberAttributes
{
    internal AttributeData? Key { get; private set; }

    internal AttributeData? Shape { get; private set; }

    internal AttributeData? MaxShape { get; private set; }

    internal AttributeData? Capacity { get; private set; }

    internal AttributeData? ByteArray { get; private set; }

    internal AttributeData? Float64 { get; private set; }

    internal AttributeData? QuaternionOrder { get; private set; }

    internal static MemberAttributes Of(params ISymbol?[] places)
    {
        var found = new MemberAttributes();
        foreach (ISymbol? place in places)
        {
            foreach (AttributeData attribute in place?.GetAttributes() ?? [])
            {
                found.Add(attribute);
            }
        }

        return found;
    }

    /// <summary>The attributes that say something about the member's type, each with the name it is written by.</summary>
    internal IEnumerable<(string Name, AttributeData Attribute)> OfTheType() =>
        All().Where(attribute => attribute.Name != "Key");

    /// <summary>All attributes that are there, each with the name it is written by.</summary>
    internal IEnumerable<(string Name, AttributeData Attribute)> All()
    {
        (string, AttributeData?)[] all =
        [
            ("Key", Key),
            ("Shape", Shape),
            ("MaxShape", MaxShape),
            ("Capacity", Capacity),
            ("ByteArray", ByteArray),
            ("Float64", Float64),
            ("QuaternionOrder", QuaternionOrder),
        ];
        foreach ((string name, AttributeData? attribute) in all)
        {
            if (attribute is not null)
            {
                yield return (name, attribute);
            }
        }
    }

    private void Add(AttributeData attribute)
    {
        // Most attributes are none of ours.
        if (attribute.AttributeClass is not { } type || !KnownTypes.Is(type, "SharedObjects", type.Name))
        {
            return;
        }

        switch (type.Name)
        {
            case "KeyAttribute":
                Key ??= attribute;
                break;
            case "ShapeAttribute":
                Shape ??= attribute;
                break;
            case "MaxShapeAttribute":
                MaxShape ??= attribute;
                break;
            case "CapacityAttribute":
                Capacity ??= attribute;
                break;
            case "ByteArrayAttribute":
                ByteArray ??= attribute;
                break;
            case "Float64Attribute":
                Float64 ??= attribute;
                break;
            case "QuaternionOrderAttribute":
                QuaternionOrder ??= attribute;
                break;
        }
    }
}
