namespace Holdfast.Hub.Activity;

/// <summary>The clock by which machines are idle and stopped.</summary>
internal sealed record ActivityClock(TimeProvider Time)
{
    public DateTimeOffset Now => Time.GetUtcNow();
}
