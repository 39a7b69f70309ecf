using System.Security.Cryptography;
using System.Text;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Contents;
using Holdfast.Lab.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks.Running;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Running;

/// <summary>
/// Runs a notebook on a kernel of the keeper's and writes what comes of it into another one, as it comes: outputs by the recorder, as in a lab,
/// and papermill's metadata. When this process is killed, the kernel goes on with its cell, and its journal has what it puts out.
/// </summary>
public sealed class NotebookRun : IAsyncDisposable
{
    /// <summary>The name of the session of a run's kernel.</summary>
    public const string SessionName = "nb run";

    /// <summary>How long the file may lag behind: short cells are not worth a write each.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    private readonly RunPlan _plan;
    private readonly RunNotebook _notebook;
    private readonly RunKernel _kernel;
    private readonly Recorder _recorder;
    private readonly NotebookTurns _turns;
    private readonly NotebookHistory _history;
    private readonly IdleMemory _memory;
    private readonly FileStream _lock;
    private readonly TimeProvider _time;
    private readonly string _path;
    private long _written;

    private NotebookRun(RunPlan plan, RunNotebook notebook, RunKernel kernel, LabOptions options, KeeperClient keeper, FileStream mine, ILoggerFactory logs, TimeProvider time)
    {
        (_plan, _notebook, _kernel, _lock, _time) = (plan, notebook, kernel, mine, time);
        _path = Path.GetRelativePath(options.Root, plan.Output);
        _memory = new IdleMemory(time);
        _history = new NotebookHistory(options, time, _memory, logs.CreateLogger<NotebookHistory>());
        var trust = new NotebookTrust(options, time, logs.CreateLogger<NotebookTrust>());
        _turns = new NotebookTurns(options);
        _recorder = new Recorder(keeper, options, _turns, trust, _history, null, time, logs.CreateLogger<Recorder>(), kernel.Kernel.Id);
    }

    /// <summary>The kernel it runs on.</summary>
    public KernelRecord Kernel => _kernel.Kernel;

    /// <summary>How many cells it will run.</summary>
    public int CellCount => _notebook.Cells.Count;

    /// <summary>Starts the kernel, and writes the output notebook as it is before its first cell.</summary>
    /// <param name="keeper">Who owns the kernel.</param>
    /// <param name="plan">What is run.</param>
    /// <param name="options">State folder and environment; its root is not asked.</param>
    /// <param name="logs">What keeps the recorder from its work is said there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The run, or why there is none; a file that was there is then as it was.</returns>
    public static async Task<KeeperReply<NotebookRun>> StartAsync(
        KeeperClient keeper, RunPlan plan, LabOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { Root = plan.Root };
        var notebook = RunNotebook.Of(plan.Notebook, plan.Input, plan.Output, plan.Version, plan.Parameters, time.GetUtcNow());
        if (notebook is null)
            return Failed("language", $"{plan.Input} is in {plan.Notebook.Language}, and parameters can be set in Julia, Python and R. Run it without them.");
        if (Lock(options, plan.Output) is not { } mine)
            return Failed("busy", $"{plan.Output} is being written by another run: 'holdfast ls' shows it. Give this one another place with -o.");
        RunKernel? kernel = null;
        try
        {
            // A run that was killed has left its kernel; what that has put out stays in its journal.
            foreach (var left in keeper.Kernels.Where(left => left.Sessions.Any(session => session.Name == SessionName && Path.Join(left.Root, session.Path) == plan.Output)))
                await keeper.ShutdownAsync(left.Id, cancellationToken);
            var session = new SessionTag(Guid.NewGuid().ToString(), Path.GetRelativePath(options.Root, plan.Output), SessionName, "notebook");
            var start = new RunKernelStart(plan.Kernel ?? plan.Notebook.KernelName, plan.WorkingFolder, session, Guid.NewGuid().ToString());
            var started = await RunKernel.StartAsync(keeper, options, start, time, cancellationToken);
            if (!started.Ok)
                return new(null, started.Failure);
            kernel = started.Value;
            var run = new NotebookRun(plan, notebook, kernel, options, keeper, mine, logs, time);
            run.WriteStart();
            await run._recorder.StartAsync(cancellationToken);
            (kernel, mine) = (null, null);
            return new(run, null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Failed("output", $"{plan.Output} cannot be written: {fault.Message} Give it another place with -o.");
        }
        finally
        {
            if (kernel is not null)
                await kernel.DisposeAsync();
            mine?.Dispose();
        }
    }

    /// <summary>The file below the state folder that is the lock of the runs which write this notebook; others of theirs begin with its name. Makes its folder, 0700.</summary>
    /// <param name="stateFolder">The state folder.</param>
    /// <param name="output">Absolute path of the notebook.</param>
    public static string StateOf(string stateFolder, string output)
    {
        var folder = Path.Combine(stateFolder, "runs");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(output)))[..16]);
    }

    /// <summary>Runs the cells, one after the other, up to the first that fails.</summary>
    /// <param name="tell">Is told before and after each cell.</param>
    /// <param name="cancellationToken">Interrupts the cell that runs and ends the run.</param>
    public async Task<RunOutcome> RunAsync(Action<RunStep> tell, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tell);
        RunStep? failed = null;
        for (var number = 1; number <= CellCount && failed is null; number++)
        {
            var cell = _notebook.Cells[number - 1];
            var step = new RunStep(number, CellCount, cell, null);
            _notebook.Begin(cell, _time.GetUtcNow());
            tell(step);
            var result = cancellationToken.IsCancellationRequested
                ? new CellResult(CellEnd.Cancelled, _time.GetUtcNow(), _time.GetUtcNow())
                : await WrittenAsync(_kernel.ExecuteAsync(cell.Source, cell.Id, _plan.CellLimit, cancellationToken));
            if (result.End == CellEnd.Failed && cell.MayFail)
                result = result with { End = CellEnd.Done };
            _notebook.End(cell, result.Ended, result.End != CellEnd.Done);
            step = step with { Result = result };
            tell(step);
            if (result.End != CellEnd.Done)
                failed = step;
        }
        _notebook.End(_time.GetUtcNow());
        var problem = _recorder.Write(_path, failed is null ? _notebook.Apply : file => _notebook.ApplyError(file, failed.Cell, failed.Result!.Count));
        await _recorder.TellKeeperAsync();
        return new RunOutcome(failed?.Result!.End ?? CellEnd.Done, failed, problem);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _kernel.DisposeAsync();
        await _recorder.DisposeAsync();
        await _history.DisposeAsync();
        _memory.Dispose();
        await _lock.DisposeAsync();
    }

    /// <summary>Says in the file that a cell runs, unless it ends before the file is due; its outputs are the recorder's.</summary>
    private async Task<CellResult> WrittenAsync(Task<CellResult> running)
    {
        var wait = Lag - _time.GetElapsedTime(_written);
        if (wait > TimeSpan.Zero && await Task.WhenAny(running, Task.Delay(wait, _time)) == running)
            return await running;
        _recorder.Write(_path, _notebook.Apply);
        _written = _time.GetTimestamp();
        return await running;
    }

    private void WriteStart() => _turns.Take(_plan.Output, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_plan.Output)!);
        _history.Before(_plan.Output);
        AtomicFile.Write(_plan.Output, _notebook.Start.Bytes.Span);
        _written = _time.GetTimestamp();
    });

    /// <summary>One run for a file at a time; null when there is one. The lock goes with its process.</summary>
    private static FileStream? Lock(LabOptions options, string output)
    {
        var file = StateOf(options.StateFolder, output);
        try
        {
            return new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static KeeperReply<NotebookRun> Failed(string code, string message) => new(null, new KeeperFailure(code, message));
}
