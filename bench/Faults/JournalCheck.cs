using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Faults.Bench;

/// <summary>A gap that the keeper named, and the numbers that are missing there.</summary>
internal sealed class Gap(DateTimeOffset from, DateTimeOffset until)
{
    public double Milliseconds => (until - from).TotalMilliseconds;

    public long LostNumbers { get; set; }
}

/// <summary>Reads the whole journal from its first record and says where it breaks a promise.</summary>
internal sealed class JournalCheck
{
    private readonly Dictionary<UInt128, long> _places = [];
    private readonly HashSet<string> _requests = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replies = new(StringComparer.Ordinal);
    private readonly long[] _last = new long[2];
    private readonly bool[] _gapSince = new bool[2];

    public List<string> Violations { get; } = [];

    public List<Gap> Gaps { get; } = [];

    public long Records { get; private set; }

    /// <summary>The last record that the newest connection was shown.</summary>
    public long LastShown { get; private set; }

    /// <summary>The last number that is recorded.</summary>
    public long Number => _last[0];

    public int Requests => _requests.Count;

    /// <summary>Requests without a reply; the last ones may still be worked on.</summary>
    public int Unanswered => _requests.Count(request => !_replies.Contains(request));

    public bool Holds(string request) => _requests.Contains(request);

    public bool Answers(string request) => _replies.Contains(request);

    /// <summary>Reads the journal and compares it with what pages were shown.</summary>
    public static JournalCheck Of(string folder, IReadOnlyList<UInt128[]> connections)
    {
        var check = new JournalCheck();
        using var reader = JournalReader.Open(folder);
        while (reader.TryRead(out var record)) check.Take(record);
        foreach (var damage in reader.Damage) check.Violations.Add($"records {damage.FromSequence} to {damage.ToSequence}: {damage.Reason}");
        for (var i = 0; i < connections.Count; i++) check.Compare(i, connections[i]);
        return check;
    }

    private void Take(in JournalRecord record)
    {
        if (record.Sequence != ++Records) Violations.Add($"record {record.Sequence} where {Records} was expected");
        if (record.Kind == RecordKind.Event)
        {
            using var json = JsonDocument.Parse(record.Payload);
            if (json.RootElement.GetProperty("event").GetString() != "gap") return;
            Gaps.Add(new Gap(json.RootElement.GetProperty("from").GetDateTimeOffset(), json.RootElement.GetProperty("until").GetDateTimeOffset()));
            _gapSince[0] = _gapSince[1] = true;
            return;
        }

        if (!WebSocketV1.TryRead(record.Payload, out _, out var message, out _) || !MessageHeader.TryParse(message.Header.Span, out var header))
        {
            Violations.Add($"record {record.Sequence} is no message");
            return;
        }

        if (record.Kind == RecordKind.ToKernel)
        {
            if (header.MessageType == "execute_request" && !_requests.Add(header.MessageId)) Violations.Add($"request {header.MessageId} is recorded twice");
            return;
        }

        if (!_places.TryAdd(Witness.Mark(record.Payload.Span), record.Sequence)) Violations.Add($"record {record.Sequence} stands there twice");
        if (header.MessageType == "execute_reply" && MessageHeader.TryParse(message.ParentHeader.Span, out var parent)) _replies.Add(parent.MessageId);
        var (numbers, shown) = Counted.Read(header.MessageType, message);
        foreach (var number in numbers) Count(record.Sequence, number, shown ? 1 : 0, shown ? Counted.ShownEach : 1);
    }

    private void Count(long sequence, long number, int kind, int step)
    {
        var expected = _last[kind] + step;
        if (number != expected)
        {
            if (number < expected) Violations.Add($"record {sequence}: number {number} again or out of order, {expected} was expected");
            else if (!_gapSince[kind]) Violations.Add($"record {sequence}: number {number} where {expected} was expected, and no gap is named");
            else if (kind == 0) Gaps[^1].LostNumbers += number - expected;
        }

        _last[kind] = number;
        _gapSince[kind] = false;
    }

    private void Compare(int connection, UInt128[] seen)
    {
        var before = 0L;
        foreach (var mark in seen)
        {
            if (!_places.TryGetValue(mark, out var place))
            {
                Violations.Add($"connection {connection} was shown a record that is not in the journal");
                continue;
            }

            if (place <= before) Violations.Add($"connection {connection} was shown record {place} after record {before}");
            before = place;
        }

        LastShown = before;
    }
}
