using System.Net.Sockets;
using System.Text;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Processes;
using Holdfast.Keeper.Terminals;
using Holdfast.Keeper.Wire;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Host;

/// <summary>The keeper's process: takes up kernels, listens for clients, ends when it is told to or when nobody has needed it for long.</summary>
public sealed class KeeperHost
{
    /// <summary>Without a client, a kernel and a terminal the keeper ends after this time.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    /// <summary>How often the limits of retention are applied, beside at the start.</summary>
    public static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    private static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(100);

    private readonly KeeperHome _home;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly KernelTable _table;
    private readonly TerminalTable _terminals;
    private readonly CancellationTokenSource _ending = new();
    private readonly JournalMeasures _measures = new();
    private readonly DateTimeOffset _started;
    private int _clients;
    private long _neededAt;
    private volatile bool _refusing;

    /// <summary>A keeper for <paramref name="home"/>; without limits those that <see cref="RetentionLimits"/> has by itself.</summary>
    public KeeperHost(KeeperHome home, TimeProvider time, ILogger log, RetentionLimits? limits = null) : this(home, time, log, limits, new JournalOptions { Time = time })
    {
    }

    internal KeeperHost(KeeperHome home, TimeProvider time, ILogger log, RetentionLimits? limits, JournalOptions journals)
    {
        (_home, _time, _log) = (home, time, log);
        journals = journals with { Measures = _measures };
        _started = time.GetUtcNow();
        _table = new KernelTable(home, limits ?? new RetentionLimits(), journals, time, log);
        _terminals = new TerminalTable(home, limits ?? new RetentionLimits(), journals, time, log);
    }

    /// <summary>Runs until it is stopped. Returns 0, or 1 when another keeper runs for this home or the home cannot be used.</summary>
    public async Task<int> RunAsync()
    {
        // :: 1. Be the only one.
        if (_home.Prepare() is { } fault)
        {
            KeeperLog.Ends(_log, fault);
            return 1;
        }

        using var only = TryLock();
        if (only is null)
        {
            KeeperLog.Ends(_log, "another keeper runs for this state folder.");
            return 1;
        }

        // :: 2. Take up what runs already, before anybody can ask for it.
        _table.Adopt();
        _terminals.NameLosses();

        // :: 3. Listen. A socket file that is there is a dead keeper's: we hold the lock.
        File.Delete(_home.SocketPath);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_home.SocketPath));
        File.SetUnixFileMode(_home.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(512);
        KeeperLog.Listening(_log, Environment.ProcessId, _home.SocketPath, _table.Kernels.Count);

        Volatile.Write(ref _neededAt, _time.GetTimestamp());
        await using var idle = _time.CreateTimer(_ => EndWhenIdle(), null, IdleLimit / 10, IdleLimit / 10);
        await using var retention = _time.CreateTimer(_ => LetGo(), null, TimeSpan.Zero, RetentionInterval);
        string? trouble = null;
        try
        {
            while (true)
            {
                try
                {
                    var client = await listener.AcceptAsync(_ending.Token);
                    _ = Descriptors.IsReserved(client.Handle) ? RefuseAsync(client) : ServeAsync(client);
                    trouble = null;
                }
                catch (SocketException e)
                {
                    // The client has gone already, or the whole system has no descriptor left: the kernels must not pay for it.
                    if (trouble != e.Message) KeeperLog.AcceptFailed(_log, e.Message);
                    trouble = e.Message;
                    await Task.Delay(AcceptRetry, _time, _ending.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // :: 4. Told to end, or idle.
            File.Delete(_home.SocketPath);
            return 0;
        }
    }

    private async Task RefuseAsync(Socket socket)
    {
        using var connection = new FrameConnection(socket);
        if (!_refusing) KeeperLog.ClientRefused(_log, Descriptors.Explanation);
        _refusing = true;
        await connection.WriteAsync(FrameType.Refused, 0, Encoding.UTF8.GetBytes(Descriptors.Explanation));
    }

    private void LetGo()
    {
        try
        {
            _table.Shelf.ApplyLimits();
            _terminals.ApplyLimits();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            KeeperLog.Unforeseen(_log, e);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new FrameConnection(socket);
        _refusing = false;
        if (connection.PeerUid is var uid && uid != Native.GetUid())
        {
            KeeperLog.PeerRefused(_log, uid);
            return;
        }

        Interlocked.Increment(ref _clients);
        try
        {
            var session = new ClientSession(connection, _table, _terminals, Measure, StopAsync, _log);
            await session.RunAsync(
                () => new Hello(Hello.CurrentProtocol, Environment.ProcessId, _started, [.. _table.Kernels.Select(kernel => kernel.Record)],
                    [.. _terminals.Terminals.Select(terminal => terminal.Record)], KeeperClient.OwnVersion, [Hello.Measure]), _ending.Token);
        }
        finally
        {
            Volatile.Write(ref _neededAt, _time.GetTimestamp());
            Interlocked.Decrement(ref _clients);
        }
    }

    private KeeperMeasures Measure() => new(_measures.Records, _measures.Bytes, _measures.Syncs, _measures.SyncSeconds, Environment.WorkingSet);

    private async Task StopAsync()
    {
        try
        {
            await Task.WhenAll(_table.RemoveAllAsync("The keeper was stopped."), _terminals.RemoveAllAsync("The keeper was stopped."));
        }
        finally
        {
            KeeperLog.Ends(_log, "it was stopped.");
            await _ending.CancelAsync();
        }
    }

    private void EndWhenIdle()
    {
        if (Volatile.Read(ref _clients) > 0 || _table.Kernels.Count > 0 || _terminals.Terminals.Count > 0)
        {
            Volatile.Write(ref _neededAt, _time.GetTimestamp());
        }
        else if (_time.GetElapsedTime(Volatile.Read(ref _neededAt)) >= IdleLimit)
        {
            KeeperLog.Ends(_log, "nothing is left to keep.");
            _ending.Cancel();
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(_home.LockPath, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
