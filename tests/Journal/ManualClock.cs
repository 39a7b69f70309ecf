namespace Holdfast.Journal.Tests;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class ManualClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Now;
}
