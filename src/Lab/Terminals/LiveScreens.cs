using System.Collections.Concurrent;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Terminals;

/// <summary>
/// The screens of terminals that have had a page here. Each follows its terminal's journal from then on, so that the next page gets it at once; it takes
/// a few megabytes at most.
/// </summary>
internal sealed class LiveScreens(KeeperClient keeper, ILogger<LiveScreens> log)
{
    private readonly ConcurrentDictionary<(string Name, DateTimeOffset Started), Lazy<LiveScreen>> _screens = new();

    /// <summary>The screen of a terminal, which may still be behind: see <see cref="LiveScreen.Current"/>.</summary>
    public LiveScreen Of(TerminalRecord terminal)
    {
        var key = (terminal.Name, terminal.Started);
        return _screens.GetOrAdd(key, one => new Lazy<LiveScreen>(() => Begin(one, terminal))).Value;
    }

    private LiveScreen Begin((string Name, DateTimeOffset Started) key, TerminalRecord terminal)
    {
        var screen = new LiveScreen(terminal, keeper.WatchTerminal(terminal.Name));
        _ = FollowAsync(key, screen);
        return screen;
    }

    private async Task FollowAsync((string Name, DateTimeOffset Started) key, LiveScreen screen)
    {
        try
        {
            await screen.FollowAsync();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TerminalsLog.ScreenFailed(log, key.Name, exception);
        }
        finally
        {
            _screens.TryRemove(key, out _);
        }
    }
}
