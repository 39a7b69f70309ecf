namespace Holdfast.Keeper.Owned;

/// <summary>
/// Tells when to gather what a kernel broadcasts. A message that comes alone is worth a write, a word to every lab and a word to every page;
/// the ten-thousandth print of a loop is not, and would wake three processes all the same. One thread at a time.
/// </summary>
internal sealed class FloodPace(TimeProvider time)
{
    /// <summary>How long a flood is gathered: too short to be seen.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(8);

    /// <summary>More than the messages of a few short cells.</summary>
    private const int AtOnce = 32;
    private const int LargeBytes = 128 << 10;
    private static readonly TimeSpan CloseBy = TimeSpan.FromMilliseconds(16);

    private long _last = time.GetTimestamp();
    private int _inARow;

    /// <summary>Notes that <paramref name="bytes"/> were received together; true when the next receive is better put off.</summary>
    public bool Note(int bytes)
    {
        var now = time.GetTimestamp();
        // Large pieces are gathered already, and waiting would hold the kernel back.
        _inARow = bytes < LargeBytes && time.GetElapsedTime(_last, now) < CloseBy ? _inARow + 1 : 0;
        _last = now;
        return _inARow > AtOnce;
    }
}
