using System.Buffers;
using System.Text;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Merging;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>Merges two edits of a JSON object key by key. Where both changed a key, ours stands, or both are merged where they are objects.</summary>
internal static class ObjectMerge
{
    /// <param name="start">Where both come from, at node 0.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="theirs">Theirs.</param>
    /// <param name="role">What the object is in a notebook.</param>
    /// <param name="given">Values of keys that are merged by other rules; null for a key that is to go.</param>
    public static ReadOnlyMemory<byte> Of(JsonTape start, JsonTape ours, JsonTape theirs, Role role, IReadOnlyDictionary<string, ReadOnlyMemory<byte>?>? given = null)
    {
        var merged = new ArrayBufferWriter<byte>();
        var separator = "{"u8;
        foreach (var name in Names(ours).Union(Names(theirs)))
        {
            var key = Encoding.UTF8.GetBytes(name);
            if (given is null || !given.TryGetValue(name, out var value))
                value = Value(Find(start, key), Find(ours, key), Find(theirs, key), Roles.OfMember(role, key));
            if (value is not { } json)
                continue;
            merged.Write(separator);
            merged.Write(JsonStrings.Quote(name));
            merged.Write(":"u8);
            merged.Write(json.Span);
            separator = ","u8;
        }
        merged.Write(merged.WrittenCount == 0 ? "{}"u8 : "}"u8);
        return merged.WrittenMemory;
    }

    /// <summary>Whether two values that may be missing are the same to a client.</summary>
    public static bool Same(ReadOnlyMemory<byte>? one, ReadOnlyMemory<byte>? other, Role role) =>
        one is { } left && other is { } right
            ? left.Span.SequenceEqual(right.Span) || JsonEquality.Same(new JsonTape().Load(left), 0, new JsonTape().Load(right), 0, role)
            : one is null == other is null;

    private static ReadOnlyMemory<byte>? Value(ReadOnlyMemory<byte>? start, ReadOnlyMemory<byte>? ours, ReadOnlyMemory<byte>? theirs, Role role)
    {
        if (Same(ours, start, role))
            return theirs;
        if (ours is { } mine && theirs is { } other && mine.Span[0] == '{' && other.Span[0] == '{' && !Same(theirs, start, role))
        {
            var from = start is { } known && known.Span[0] == '{' ? known : "{}"u8.ToArray();
            return Of(new JsonTape().Load(from), new JsonTape().Load(mine), new JsonTape().Load(other), role);
        }
        return ours;
    }

    private static IEnumerable<string> Names(JsonTape tape) => tape.Items(0).Select(key => Encoding.UTF8.GetString(tape.Name(key))).Distinct();

    private static ReadOnlyMemory<byte>? Find(JsonTape tape, byte[] key)
    {
        if (tape.Find(0, key) is >= 0 and var value)
            return tape.Slice(value);
        return null;
    }
}
