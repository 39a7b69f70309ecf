using System.Text.Json.Serialization;

namespace Holdfast.Hub.Desktop;

/// <summary>What <c>holdfast inside desktop</c> is to do: start the desktop where there is none, or end it.</summary>
/// <param name="Stop">Whether it is to end.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Size">Width and height in pixels, as <c>1280x800</c>.</param>
public sealed record DesktopOrder(bool Stop, string Name, string Size);

/// <summary>How that went.</summary>
/// <param name="Problem">Why it was not done, with the mend; null when it was.</param>
public sealed record DesktopAnswer(string? Problem);

/// <summary>Their JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DesktopOrder))]
[JsonSerializable(typeof(DesktopAnswer))]
internal sealed partial class DesktopJson : JsonSerializerContext;
