using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Posix;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Runs;

/// <summary>
/// Tells addresses that people gave when a kernel or a terminal has nothing left to do, or has ended: one POST of JSON each, tried three times. What is to be told is
/// kept in a file, so that the next lab tells it. Safe for concurrent calls.
/// </summary>
internal sealed class RunNotices : IHostedService, IDisposable
{
    private const int Attempts = 3;
    /// <summary>Between two cells of a run a kernel is idle for a moment.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    /// <summary>How often it is looked whether a shell still waits for its command: nobody says it.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    /// <summary>Runs that are being looked at, and whether there is reason to look once more.</summary>
    private readonly ConcurrentDictionary<string, bool> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _keeping = new();
    private readonly HttpClient _client = new() { Timeout = Limit };
    private readonly KeeperClient _keeper;
    private readonly RunList _runs;
    private readonly TimeProvider _time;
    private readonly ILogger<RunNotices> _log;
    private readonly string _file;

    public RunNotices(KeeperClient keeper, RunList runs, LabOptions options, TimeProvider time, ILogger<RunNotices> log)
    {
        (_keeper, _runs, _time, _log) = (keeper, runs, time, log);
        var root = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.Root)).AsSpan(0, 8));
        _file = Path.Combine(options.StateFolder, $"notices-{root}.json");
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("holdfast", "0"));
    }

    /// <summary>Whether somebody is told of a run.</summary>
    public bool Tells(string id) => _addresses.ContainsKey(id);

    /// <summary>Tells an address when the run has nothing left to do; null for nobody.</summary>
    public void Set(string id, string? address)
    {
        if (address is null)
            _addresses.TryRemove(id, out _);
        else
            _addresses[id] = address;
        Keep();
        // It may have ended while the person was asking.
        Look(id);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenRead(_file);
            foreach (var (kernel, address) in JsonSerializer.Deserialize(file, NoticeJson.Default.DictionaryStringString) ?? [])
                _addresses[kernel] = address;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // Nobody has asked for anything, or it cannot be known any more.
        }
        _keeper.Changed += KernelChanged;
        _keeper.Removed += KernelRemoved;
        _keeper.TerminalRemoved += TerminalRemoved;
        foreach (var id in _addresses.Keys)
            Look(id);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _keeper.Changed -= KernelChanged;
        _keeper.Removed -= KernelRemoved;
        _keeper.TerminalRemoved -= TerminalRemoved;
        // A host may be stopped again when it has been disposed of.
        return _ending.IsCancellationRequested ? Task.CompletedTask : _ending.CancelAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ending.Dispose();
        _client.Dispose();
    }

    private void KernelChanged(KernelRecord kernel)
    {
        if (kernel.ExecutionState is "idle" or "dead")
            Look(kernel.Id);
    }

    private void KernelRemoved(KernelRecord kernel) => Look(kernel.Id);

    private void TerminalRemoved(TerminalRecord terminal) => Look(TerminalRun.IdPrefix + terminal.Name);

    /// <summary>It may have nothing left to do, for now or for ever.</summary>
    private void Look(string id)
    {
        if (_addresses.ContainsKey(id) && !_pending.AddOrUpdate(id, false, (_, _) => true))
            _ = Task.Run(() => TellAsync(id), CancellationToken.None);
    }

    private async Task TellAsync(string id)
    {
        try
        {
            await Task.Delay(Settling, _time, _ending.Token);
            var run = _runs.Find(id);
            while (run is TerminalRun { Terminal.IsCommand: false, IsBusy: true } && _addresses.ContainsKey(id))
            {
                await Task.Delay(LookAgain, _time, _ending.Token);
                run = _runs.Find(id);
            }
            if (run is { IsBusy: true } or KernelRun { Kernel.BusySince: not null } or KernelRun { Cell: null } || !_addresses.TryGetValue(id, out var address))
                return;
            var cell = run is TerminalRun ? null : _runs.CellOf(id);
            var notice = JsonSerializer.SerializeToUtf8Bytes(
                new RunNotice(cell?.Path, run is TerminalRun ? null : id, (run as TerminalRun)?.Terminal.Name, run?.Word ?? "ended", run?.LastLine ?? cell?.LastLine, cell?.Started, cell?.LastOutput, run?.Text ?? Run.TextOf(cell?.Path ?? id, "ended", cell?.LastLine)),
                NoticeJson.Default.RunNotice);
            for (var attempt = 1; !await PostAsync(address, notice) && attempt < Attempts; attempt++)
                await Task.Delay(Limit, _time, _ending.Token);
            _addresses.TryRemove(new(id, address));
            Keep();
        }
        catch (OperationCanceledException)
        {
            // The next lab tells it.
        }
        finally
        {
            if (_pending.TryRemove(id, out var again) && again && !_ending.IsCancellationRequested)
                Look(id);
        }
    }

    private async Task<bool> PostAsync(string address, byte[] notice)
    {
        try
        {
            using var content = new ByteArrayContent(notice) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await _client.PostAsync(new Uri(address), content, _ending.Token);
            if (answer.IsSuccessStatusCode)
                return true;
            RunsLog.NotTold(_log, new Uri(address).Host, ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !_ending.IsCancellationRequested))
        {
            RunsLog.NotTold(_log, new Uri(address).Host, fault.Message);
        }
        return false;
    }

    private void Keep()
    {
        lock (_keeping)
        {
            try
            {
                using var file = new AtomicFile(_file);
                JsonSerializer.Serialize(file.Stream, _addresses.ToDictionary(), NoticeJson.Default.DictionaryStringString);
                // Addresses of webhooks are secrets.
                File.SetUnixFileMode(file.Stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                file.Commit();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                RunsLog.NotKept(_log, fault.Message);
            }
        }
    }
}

/// <summary>What an address is told.</summary>
/// <param name="Notebook">The notebook, relative to the lab's folder; null when the kernel has none.</param>
/// <param name="Kernel">The kernel's id; null for a terminal.</param>
/// <param name="Terminal">The terminal's name; null for a kernel.</param>
/// <param name="State">done, failed, stopped, died, ended, or idle for a shell whose command has ended.</param>
/// <param name="LastLine">The last line of its last cell, or of its screen.</param>
/// <param name="Started">When that cell began.</param>
/// <param name="LastOutput">When it last put something out.</param>
/// <param name="Text">All of that in a line, as chat services show it.</param>
internal sealed record RunNotice(string? Notebook, string? Kernel, string? Terminal, string State, string? LastLine, DateTimeOffset? Started, DateTimeOffset? LastOutput, string Text);

/// <summary>JSON of notices.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunNotice))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class NoticeJson : JsonSerializerContext;
