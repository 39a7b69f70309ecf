using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>Ids for cells that need one: eight hexadecimal digits as nbformat's, but the same for the same notebook.</summary>
internal sealed class CellIds
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The ids that a document's cells have for a client: a second cell with an id gets another one, as in nbformat.</summary>
    public static string?[] Of(NotebookDocument document)
    {
        var ids = document.Cells.Select(cell => cell.Id).ToArray();
        if (document.Minor < 5 || document.Major < 4)
            return ids;
        var taken = new CellIds();
        for (var cell = 0; cell < ids.Length; cell++)
        {
            if (ids[cell] is { } id && !taken._taken.Add(id))
                ids[cell] = null;
        }
        for (var cell = 0; cell < ids.Length; cell++)
            ids[cell] ??= taken.Derive(cell, document.Cells[cell].Type, document.Cells[cell].SourceJson);
        return ids;
    }

    public void Take(IEnumerable<string?> ids)
    {
        foreach (var id in ids)
            _taken.Add(id ?? "");
    }

    /// <summary>An id from a cell's place, type and source that no cell has yet.</summary>
    public string Derive(int place, string type, ReadOnlyMemory<byte> sourceJson)
    {
        var source = new JsonTape().Load(sourceJson);
        for (var attempt = 0; ; attempt++)
        {
            var id = Hash(place, attempt, type, source);
            if (_taken.Add(id))
                return id;
        }
    }

    private static string Hash(int place, int attempt, string type, JsonTape source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(head, place);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], attempt);
        hash.AppendData(head);
        hash.AppendData(Encoding.UTF8.GetBytes(type));
        if (JsonText.Is(source, 0))
        {
            var text = new JsonText(source, 0);
            while (text.Read(out var piece))
                hash.AppendData(piece);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 4));
    }
}
