using Holdfast.Journal;

namespace Holdfast.Lab.Recording;

/// <summary>Places from which the end of a long stream can be read without reading all of it: the last few, a megabyte apart.</summary>
internal sealed class StreamMarks
{
    private const long Distance = 1 << 20;
    private const int Kept = 6;

    private readonly List<StreamMark> _marks = [];

    /// <summary>The marks, oldest first.</summary>
    public IReadOnlyList<StreamMark> All => _marks;

    /// <summary>Notes that the record at <paramref name="place"/> begins at this place of the folded text.</summary>
    public void Pass(JournalPlace place, long bytes)
    {
        if (_marks.Count > 0 && bytes - _marks[^1].Bytes < Distance)
            return;
        if (_marks.Count == Kept)
            _marks.RemoveAt(0);
        _marks.Add(new StreamMark(place, bytes));
    }

    /// <summary>The last mark that leaves at least <paramref name="tail"/> bytes of a text of <paramref name="total"/>; null when none does.</summary>
    public StreamMark? Before(long total, long tail)
    {
        for (var i = _marks.Count - 1; i >= 0; i--)
        {
            if (total - _marks[i].Bytes >= tail)
                return _marks[i];
        }
        return null;
    }

    /// <summary>Takes marks over that were kept.</summary>
    public static StreamMarks Of(IEnumerable<StreamMark> marks)
    {
        var made = new StreamMarks();
        made._marks.AddRange(marks);
        return made;
    }
}

/// <summary>A place in a stream.</summary>
/// <param name="Place">The journal record that begins there.</param>
/// <param name="Bytes">Length of the folded text before it.</param>
internal sealed record StreamMark(JournalPlace Place, long Bytes);
