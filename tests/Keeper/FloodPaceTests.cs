using Holdfast.Keeper.Owned;

namespace Holdfast.Keeper.Tests;

public sealed class FloodPaceTests
{
    private readonly CountedClock _clock = new();

    [Fact]
    public void Flood_AfterTheFirstMessages_IsGatheredUntilItPauses()
    {
        var pace = new FloodPace(_clock);
        Assert.Equal(33, Enumerable.Range(1, 100).First(_ => Note(pace, 500, milliseconds: 1)));
        Assert.True(Note(pace, 500, milliseconds: 15));
        Assert.False(Note(pace, 500, milliseconds: 16));
        Assert.Equal(33, Enumerable.Range(1, 100).First(_ => Note(pace, 500, milliseconds: 1)));
    }

    [Fact]
    public void MessagesFarApart_AreNeverGathered()
    {
        var pace = new FloodPace(_clock);
        Assert.DoesNotContain(Enumerable.Range(0, 200), _ => Note(pace, 500, milliseconds: 20));
    }

    [Fact]
    public void LargePieces_AreNeverGathered()
    {
        var pace = new FloodPace(_clock);
        Assert.DoesNotContain(Enumerable.Range(0, 200), _ => Note(pace, 128 << 10, milliseconds: 1));
    }

    private bool Note(FloodPace pace, int bytes, int milliseconds)
    {
        _clock.Milliseconds += milliseconds;
        return pace.Note(bytes);
    }

    private sealed class CountedClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
