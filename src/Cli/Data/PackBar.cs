using System.Globalization;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary>How far a packing is, as a line on stderr that changes, on a terminal; elsewhere nothing. Safe for concurrent calls.</summary>
internal sealed class PackBar : IDisposable
{
    private const int Width = 30;
    private readonly Lock _gate = new();
    private readonly bool _isLive = !Console.IsErrorRedirected;
    private readonly TimeProvider _time;
    private readonly long _began;
    private long _shown;
    private bool _isGone;

    public PackBar(TimeProvider time) => (_time, _began) = (time, time.GetTimestamp());

    public void Tell(PackProgress progress)
    {
        if (!_isLive) return;
        lock (_gate)
        {
            if (_isGone || (progress.Done < progress.Total && _shown != 0 && _time.GetElapsedTime(_shown).TotalMilliseconds < 100)) return;
            _shown = _time.GetTimestamp();
            var elapsed = _time.GetElapsedTime(_began);
            var filled = Width * progress.Done / progress.Total;
            var left = elapsed * ((double)(progress.Total - progress.Done) / progress.Done);
            var text = string.Create(CultureInfo.InvariantCulture,
                $"[{new string('#', filled)}{new string('.', Width - filled)}] {progress.Done:N0}/{progress.Total:N0} images, {progress.Done / elapsed.TotalSeconds:N0}/s, {Duration.Of(left)} left{(progress.LeftOut > 0 ? $", {progress.LeftOut:N0} left out" : "")}");
            Write($"\r\e[K{text[..Math.Min(text.Length, Math.Max(20, Console.WindowWidth - 1))]}");
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_isLive && _shown != 0) Write("\r\e[K");
    }

    private void Write(string text)
    {
        try
        {
            Console.Error.Write(text);
        }
        catch (IOException)
        {
            // The terminal was closed; the pack is made all the same.
            _isGone = true;
        }
    }
}
