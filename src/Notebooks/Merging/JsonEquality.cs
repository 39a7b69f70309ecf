using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Merging;

/// <summary>
/// Whether two values say the same to a client: texts joined, numbers by value, keys in any order, dropped keys left out. What
/// a browser cannot hold (NaN, infinity, a float beyond a double) equals null, because that is what a browser sends for it.
/// </summary>
internal static class JsonEquality
{
    public static bool Same(JsonTape a, int left, JsonTape b, int right, Role role)
    {
        if (a.Raw(left).SequenceEqual(b.Raw(right)))
            return true;
        if (Roles.IsText(a, left, role) && Roles.IsText(b, right, role))
            return JsonText.Same(new JsonText(a, left), new JsonText(b, right));
        if (IsNull(a, left) || IsNull(b, right))
            return IsNull(a, left) && IsNull(b, right);
        if (a[left].Kind != b[right].Kind)
            return false;
        return a[left].Kind switch
        {
            JsonKind.Object => SameObject(a, left, b, right, Roles.Of(a, left, role), ignoreId: false),
            JsonKind.Array => SameArray(a, left, b, right, Roles.OfItem(role)),
            JsonKind.String => JsonText.Same(new JsonText(a, left), new JsonText(b, right)),
            JsonKind.Number => JsonNumbers.Same(a.Raw(left), b.Raw(right)),
            _ => true,
        };
    }

    /// <summary>Whether two cells are the same but for their ids.</summary>
    public static bool SameCell(JsonTape a, JsonTape b) =>
        a.Raw(0).SequenceEqual(b.Raw(0)) || SameObject(a, 0, b, 0, Roles.Of(a, 0, Role.Cell), ignoreId: true);

    /// <summary>Whether a missing key and this value come to the same: metadata that is empty to a client.</summary>
    public static bool IsAsGoodAsMissing(JsonTape tape, int key, Role role)
    {
        var name = tape.Name(key);
        if (Roles.Drops(role, name))
            return true;
        if (role is not (Role.Notebook or Role.Cell or Role.CodeCell) || !name.SequenceEqual("metadata"u8) || tape[key + 1].Kind != JsonKind.Object)
            return false;
        var metadata = Roles.OfMember(role, name);
        return tape.Items(key + 1).All(inner => Roles.Drops(metadata, tape.Name(inner)));
    }

    private static bool SameObject(JsonTape a, int left, JsonTape b, int right, Role role, bool ignoreId)
    {
        var lefts = a.SortedKeys(left);
        var rights = b.SortedKeys(right);
        for (int i = 0, j = 0; i < lefts.Length || j < rights.Length;)
        {
            var order = i == lefts.Length ? 1 : j == rights.Length ? -1 : a.Name(lefts[i]).SequenceCompareTo(b.Name(rights[j]));
            if (order < 0)
            {
                if (!IsIgnored(a, lefts[i++], role, ignoreId))
                    return false;
            }
            else if (order > 0)
            {
                if (!IsIgnored(b, rights[j++], role, ignoreId))
                    return false;
            }
            else
            {
                var name = a.Name(lefts[i]);
                if (!Roles.Drops(role, name) && !(ignoreId && name.SequenceEqual("id"u8))
                    && !Same(a, lefts[i] + 1, b, rights[j] + 1, Roles.OfMember(role, name)))
                    return false;
                i++;
                j++;
            }
        }
        return true;
    }

    private static bool IsIgnored(JsonTape tape, int key, Role role, bool ignoreId) =>
        (ignoreId && tape.Name(key).SequenceEqual("id"u8)) || IsAsGoodAsMissing(tape, key, role);

    private static bool SameArray(JsonTape a, int left, JsonTape b, int right, Role item)
    {
        var next = right + 1;
        for (var node = left + 1; node < a[left].Next; node = a[node].Next)
        {
            if (next >= b[right].Next || !Same(a, node, b, next, item))
                return false;
            next = b[next].Next;
        }
        return next >= b[right].Next;
    }

    private static bool IsNull(JsonTape tape, int node) => tape[node].Kind switch
    {
        JsonKind.Null or JsonKind.NotFinite => true,
        JsonKind.Number => tape[node].End - tape[node].Start > 3 && JsonNumbers.Overflows(tape.Raw(node)),
        _ => false,
    };
}
