namespace Holdfast.Hub.People;

/// <summary>A session or a token, as long as it is known: it goes when it is ended.</summary>
/// <param name="caller">For whom it stands.</param>
/// <param name="hash">The SHA-256 of what was shown.</param>
/// <param name="isToken">Whether the request itself carried it: then no other site can have made it.</param>
/// <param name="seen">When it was last used, as far as the database knows.</param>
/// <param name="expires">When it ends at the latest; null for never.</param>
internal sealed class Login(Caller caller, byte[] hash, bool isToken, DateTimeOffset seen, DateTimeOffset? expires)
{
    /// <summary>No timer is longer than 49 days: who has been connected for this long connects again.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(45);

    private readonly CancellationTokenSource _ended = new();

    public Caller Caller { get; } = caller;

    public byte[] Hash { get; } = hash;

    public bool IsToken { get; } = isToken;

    public DateTimeOffset Seen { get; set; } = seen;

    public DateTimeOffset? Expires { get; } = expires;

    /// <summary>Cancelled when the session is ended or the token revoked: open connections end with it.</summary>
    public CancellationToken Ended => _ended.Token;

    public void End() => _ended.Cancel();

    /// <summary>Cancelled when the login has ended or is past its time, and by <paramref name="also"/>. Whoever asks disposes it.</summary>
    public CancellationTokenSource While(TimeProvider time, CancellationToken also)
    {
        var over = CancellationTokenSource.CreateLinkedTokenSource(Ended, also);
        if (Expires - time.GetUtcNow() is { } left) over.CancelAfter(TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, LongestTimer.Ticks)));
        return over;
    }
}
