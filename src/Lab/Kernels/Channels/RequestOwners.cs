namespace Holdfast.Lab.Kernels.Channels;

/// <summary>
/// Which page's session sent which request of one kernel, for the last <see cref="Capacity"/> requests. Older ones, and those from before
/// this lab, are known by the session in their header. Safe for concurrent calls.
/// </summary>
internal sealed class RequestOwners
{
    /// <summary>How many requests are remembered.</summary>
    public const int Capacity = 4096;

    /// <summary>The longest msg_id that is remembered, in characters; clients make ids of about 40. A longer one's session is looked up in its header.</summary>
    public const int LongestId = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Remembers who sent the request.</summary>
    public void Add(string messageId, string sessionId)
    {
        if (messageId.Length > LongestId)
            return;
        lock (_gate)
        {
            if (!_owners.TryAdd(messageId, sessionId))
                return;
            _order.Enqueue(messageId);
            if (_order.Count > Capacity)
                _owners.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether what answers the request goes to this session.</summary>
    /// <param name="messageId">The request's msg_id.</param>
    /// <param name="session">The session in the request's header.</param>
    /// <param name="sessionId">The page's session_id.</param>
    public bool Owns(string messageId, string session, string sessionId)
    {
        lock (_gate)
            return (_owners.GetValueOrDefault(messageId) ?? session) == sessionId;
    }
}
