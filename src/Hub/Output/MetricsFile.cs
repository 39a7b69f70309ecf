namespace Holdfast.Hub.Output;

/// <summary>What was read of one <c>metrics.jsonl</c> so far; whole lines only, and no more of them in memory than one piece.</summary>
internal sealed class MetricsFile
{
    public const string Name = "metrics.jsonl";
    public const int Piece = 256 << 10;
    private const int LongestLine = 64 << 10, MostSeries = 200;
    private readonly SortedDictionary<string, Curve> _curves = new(StringComparer.Ordinal);
    private readonly MetricsLine _line = new();
    private long _lines, _unread;

    /// <param name="position">Where it begins, in bytes.</param>
    public MetricsFile(long position = 0) => Position = position;

    /// <summary>How far it was read, in bytes.</summary>
    public long Position { get; private set; }

    /// <summary>How many points it holds.</summary>
    public int Size => _curves.Values.Sum(curve => curve.Size);

    /// <summary>Reads on to the end.</summary>
    public void Read(FileStream file, CancellationToken cancellationToken)
    {
        var buffer = new byte[Piece];
        var position = Position;
        bool more;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = ReadPiece(file, buffer, ref position, line =>
            {
                _lines++;
                if (!Take(line)) _unread++;
            });
            Position = position;
        }
        while (more);
    }

    /// <summary>What was read.</summary>
    /// <param name="names">Only these; null for all.</param>
    /// <param name="points">Whether points are wanted, besides what is known of all of them.</param>
    public JobMetrics Of(IReadOnlyCollection<string>? names = null, bool points = true) =>
        new([.. _curves.Where(curve => names?.Contains(curve.Key) != false).Select(curve => curve.Value.Read(curve.Key, points))], Position, _lines, _unread);

    /// <summary>Reads the whole lines of the next piece, of one that is too long the end, which nobody understands; false at the end.</summary>
    public static bool ReadPiece(FileStream file, byte[] buffer, ref long position, LineReader read)
    {
        file.Position = position;
        var rest = buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        var isFull = rest.Length == buffer.Length;
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (end > 0) read(rest[..end]);
            position += end + 1;
            rest = rest[(end + 1)..];
        }
        if (rest.Length > LongestLine) position += rest.Length;
        return isFull;
    }

    /// <summary>Takes a line.</summary>
    internal delegate void LineReader(ReadOnlySpan<byte> line);

    private bool Take(ReadOnlySpan<byte> line)
    {
        if (!_line.Read(line)) return false;
        var all = true;
        foreach (var (name, value) in _line.Values)
        {
            if (!_curves.TryGetValue(name, out var curve))
            {
                if (_curves.Count == MostSeries)
                {
                    all = false;
                    continue;
                }
                _curves[name] = curve = new Curve();
            }
            curve.Add(_line.Step, _line.Time, value, _line.Run);
        }
        return all;
    }
}
