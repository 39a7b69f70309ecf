namespace Holdfast.Notebooks.Json;

/// <summary>
/// The nodes of one JSON value in the order of its bytes, in one array of structs that a later scan uses again.
/// Values nested deeper than the scan was asked to record are checked but have no nodes.
/// </summary>
internal sealed class JsonTape
{
    private JsonNode[] _nodes = new JsonNode[64];
    private int _count;

    /// <summary>The bytes that the nodes point into.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    public ReadOnlySpan<JsonNode> Nodes => _nodes.AsSpan(0, _count);

    public ref readonly JsonNode this[int node] => ref _nodes[node];

    /// <summary>Scans the value that begins at <paramref name="start"/>. The bytes must be valid UTF-8.</summary>
    public JsonError Scan(ReadOnlyMemory<byte> bytes, int start, int recordDepth, bool toTheEnd)
    {
        Bytes = bytes;
        _count = 0;
        var scanner = new JsonScanner(bytes.Span, start, recordDepth, this);
        return scanner.Run(toTheEnd);
    }

    /// <summary>Scans a value that a scan has found good before, all of it.</summary>
    public JsonTape Load(ReadOnlyMemory<byte> bytes, int start = 0)
    {
        var error = Scan(bytes, start, int.MaxValue, toTheEnd: false);
        return error.Problem is null ? this : throw new InvalidOperationException($"Not JSON at byte {error.Offset}: {error.Problem}.");
    }

    public int Add(JsonNode node)
    {
        if (_count == _nodes.Length)
            Array.Resize(ref _nodes, _count * 2);
        _nodes[_count] = node;
        return _count++;
    }

    public void Close(int node, int end) => _nodes[node] = _nodes[node] with { End = end, Next = _count };

    public ReadOnlySpan<byte> Raw(int node) => Bytes.Span[_nodes[node].Start.._nodes[node].End];

    public ReadOnlyMemory<byte> Slice(int node) => Bytes[_nodes[node].Start.._nodes[node].End];

    /// <summary>A key or string without its quotes, escapes as they stand.</summary>
    public ReadOnlySpan<byte> Inner(int node) => Bytes.Span[(_nodes[node].Start + 1)..(_nodes[node].End - 1)];

    /// <summary>A key's characters as UTF-8, escapes decoded.</summary>
    public ReadOnlySpan<byte> Name(int key) => _nodes[key].Escaped ? JsonText.Decode(this, key) : Inner(key);

    public bool IsEmpty(int container) => _nodes[container].Next == container + 1 && Raw(container)[1..^1].Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>The value of a key, or -1. Of a key that stands twice the last counts, as in Python.</summary>
    public int Find(int container, ReadOnlySpan<byte> name)
    {
        var found = -1;
        if (_nodes[container].Kind != JsonKind.Object)
            return found;
        for (var key = container + 1; key < _nodes[container].Next; key = _nodes[key + 1].Next)
        {
            if (Name(key).SequenceEqual(name))
                found = key + 1;
        }
        return found;
    }

    public bool IsString(int node, ReadOnlySpan<byte> text) =>
        node >= 0 && _nodes[node].Kind == JsonKind.String && Name(node).SequenceEqual(text);

    /// <summary>The items of an array, or the keys of an object.</summary>
    public int[] Items(int container)
    {
        var items = new List<int>();
        var step = _nodes[container].Kind == JsonKind.Object ? 1 : 0;
        for (var item = container + 1; item < _nodes[container].Next; item = _nodes[item + step].Next)
            items.Add(item);
        return [.. items];
    }

    /// <summary>The keys of an object sorted by code point, of each name the last: what Python's sort_keys makes of it.</summary>
    public int[] SortedKeys(int container)
    {
        var keys = Items(container);
        if (InOrder(keys))
            return keys;
        Array.Sort(keys, (a, b) => Name(a).SequenceCompareTo(Name(b)) is var order and not 0 ? order : a.CompareTo(b));
        return WithoutShadowed(keys);
    }

    /// <summary>Whether keys ascend by code point with none twice. UTF-8 bytes sort as code points do, UTF-16 does not.</summary>
    public bool InOrder(ReadOnlySpan<int> keys)
    {
        for (var i = 1; i < keys.Length; i++)
        {
            if (Name(keys[i - 1]).SequenceCompareTo(Name(keys[i])) >= 0)
                return false;
        }
        return true;
    }

    private int[] WithoutShadowed(int[] sorted)
    {
        var kept = new List<int>(sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || !Name(sorted[i]).SequenceEqual(Name(sorted[i + 1])))
                kept.Add(sorted[i]);
        }
        return [.. kept];
    }
}
