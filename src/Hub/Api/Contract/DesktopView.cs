using Holdfast.Hub.Desktop;

namespace Holdfast.Hub.Api.Contract;

/// <summary>A machine's desktop.</summary>
/// <param name="Running">Whether there is one.</param>
/// <param name="Width">In pixels; 0 where it does not run.</param>
/// <param name="Height">In pixels; 0 where it does not run.</param>
/// <param name="Url">Its address in a browser, which starts it where it does not run; null where that is known.</param>
public sealed record DesktopView(bool Running, int Width, int Height, string? Url)
{
    internal static DesktopView Of(DesktopState state, string? url) => new(state.IsRunning, state.Width, state.Height, url);
}

/// <summary>A desktop that is to be started.</summary>
/// <param name="Size">Width and height in pixels, as <c>1280x800</c>; null for that. A page that shows it changes the size to its own.</param>
public sealed record DesktopRequest(string? Size = null);
