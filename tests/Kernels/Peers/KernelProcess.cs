using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Kernels.Tests.Peers;

/// <summary>A real ipykernel, started through the launcher, in a folder of its own.</summary>
internal sealed partial class KernelProcess : IAsyncDisposable
{
    public const string Python = "/usr/bin/python3";

    private readonly StringBuilder _words = new();

    private KernelProcess(ConnectionInfo info, DirectoryInfo folder) => (Info, Folder) = (info, folder);

    public ConnectionInfo Info { get; }
    public DirectoryInfo Folder { get; }
    public Process Process { get; private set; } = null!;
    public string LastWords
    {
        get
        {
            lock (_words) return _words.ToString();
        }
    }

    public static KernelSpec Spec { get; } = new()
    {
        Name = "python3",
        Json = default,
        Argv = [Python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        DisplayName = "Python 3",
        Language = "python",
        Python = Python,
    };

    public static KernelProcess Start(string transport = "ipc")
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/ipykernel"))
            Assert.Skip("python3-ipykernel is not installed (apt-get install python3-ipykernel)");
        var folder = Directory.CreateTempSubdirectory("hfk");
        var info = transport == "ipc" ? ConnectionInfo.ForIpc(Path.Combine(folder.FullName, "k"), "python3") : ConnectionInfo.ForTcp("python3");
        info.Write(Path.Combine(folder.FullName, "connection.json"));
        var kernel = new KernelProcess(info, folder);
        kernel.Launch();
        return kernel;
    }

    public void Launch()
    {
        var file = Path.Combine(Folder.FullName, "connection.json");
        var command = Launcher.CommandLine(Spec, file, Folder.FullName);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Folder.FullName,
        };
        start.Environment["IPYTHONDIR"] = Path.Combine(Folder.FullName, "ipython");
        Process = Process.Start(start)!;
        Process.ErrorDataReceived += Keep;
        Process.OutputDataReceived += Keep;
        Process.BeginErrorReadLine();
        Process.BeginOutputReadLine();
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        lock (_words) _words.AppendLine(e.Data);
    }

    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
    }

    public void Interrupt() => _ = Signal(Process.Id, 2);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int number);

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
        Process.Dispose();
        Folder.Delete(true);
    }
}
