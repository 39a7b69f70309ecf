namespace Holdfast.Notebooks.Json;

internal enum JsonKind : byte
{
    Object,
    Array,
    Key,
    String,
    Number,
    True,
    False,
    Null,

    /// <summary>NaN, Infinity or -Infinity: not JSON, but Python writes and reads them.</summary>
    NotFinite,
}

/// <summary>One token of a document: where it stands, and where the next one at its level is.</summary>
/// <param name="Start">First byte, quotes and brackets included.</param>
/// <param name="End">One past the last byte.</param>
/// <param name="Next">Index of the node after this one and all that it holds.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Escaped">For strings and keys: holds a backslash.</param>
internal readonly record struct JsonNode(int Start, int End, int Next, JsonKind Kind, bool Escaped);

/// <summary>Why bytes are not JSON, and where; <see cref="Problem"/> is null when they are.</summary>
internal readonly record struct JsonError(int Offset, string? Problem);
