namespace Holdfast.Hub.Api.Contract;

/// <summary>A machine is not to be stopped by the hub.</summary>
/// <param name="Seconds">For so long from now: a minute to 30 days.</param>
public sealed record ExtendRequest(TimeSpan Seconds);

/// <summary>Who is to be told.</summary>
/// <param name="Url">An address that begins with http:// or https://.</param>
public sealed record WebhookRequest(string Url);

/// <summary>Who is told.</summary>
/// <param name="Url">The address; null for nobody.</param>
public sealed record WebhookView(string? Url);
