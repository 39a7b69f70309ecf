using System.Buffers;

namespace Holdfast.Notebooks.Cleaning;

/// <summary>Pieces of a file to be taken out or replaced, gathered and then applied in one pass. They may not overlap.</summary>
internal sealed class ByteEdits
{
    private readonly List<(int Start, int End, ReadOnlyMemory<byte> Bytes)> _edits = [];

    public bool IsEmpty => _edits.Count == 0;

    public void Delete(int start, int end) => Replace(start, end, default);

    public void Replace(int start, int end, ReadOnlyMemory<byte> bytes) => _edits.Add((start, end, bytes));

    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> file)
    {
        _edits.Sort((one, other) => one.Start.CompareTo(other.Start));
        var writer = new ArrayBufferWriter<byte>(Math.Max(1, file.Length));
        var kept = 0;
        foreach (var (start, end, bytes) in _edits)
        {
            writer.Write(file.Span[kept..start]);
            writer.Write(bytes.Span);
            kept = end;
        }
        writer.Write(file.Span[kept..]);
        return writer.WrittenMemory;
    }
}
