namespace Holdfast.Hub.Events;

/// <summary>Something that happened.</summary>
/// <param name="Id">Grows by each event, and is never used again.</param>
/// <param name="Time">When.</param>
/// <param name="Kind">As <c>machine.stopped</c>; what is before the point is whom it is about.</param>
/// <param name="Machine">The machine's name; null when it is about none.</param>
/// <param name="Owner">Who sees it besides administrators; null for nobody.</param>
/// <param name="Text">It in words, one line.</param>
public sealed record HubEvent(long Id, DateTimeOffset Time, string Kind, string? Machine, string? Owner, string Text);
