namespace Holdfast.Hub.Output;

/// <summary>A value that a job has logged.</summary>
/// <param name="Number">The how-manieth of its metric, from 0, among what was read.</param>
/// <param name="Step">The step that it was logged with; null for none.</param>
/// <param name="Time">Seconds since 1970; 0 where none was logged.</param>
/// <param name="Value">The value, a finite one.</param>
public readonly record struct MetricPoint(long Number, double? Step, double Time, double Value)
{
    /// <summary>Where it lies from left to right: its step, else its number.</summary>
    internal double X => Step ?? Number;
}

/// <summary>A metric of a job.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">How many values were logged.</param>
/// <param name="NotFinite">How many of them were NaN or infinite; they are no points.</param>
/// <param name="Min">The point of the lowest value; null without points.</param>
/// <param name="Max">The point of the highest value; null without points.</param>
/// <param name="Last">The last point; null without points.</param>
/// <param name="Points">At most 2,000: of more than that the lowest and the highest one of each stretch.</param>
public sealed record MetricSeries(string Name, long Count, long NotFinite, MetricPoint? Min, MetricPoint? Max, MetricPoint? Last, IReadOnlyList<MetricPoint> Points);

/// <summary>What a job has logged.</summary>
/// <param name="Series">By name, at most 200.</param>
/// <param name="Position">How far it was read, in bytes: the <c>from</c> that gives what comes after it.</param>
/// <param name="Lines">How many lines were read.</param>
/// <param name="Unread">How many of them were not understood: not JSON, too long, or of metrics beyond the 200.</param>
public sealed record JobMetrics(IReadOnlyList<MetricSeries> Series, long Position, long Lines, long Unread);
