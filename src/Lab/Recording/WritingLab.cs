using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Recording;

/// <summary>Of several labs on one root folder the one that writes its notebooks: whoever holds a lock, which goes with its process.</summary>
internal sealed class WritingLab(LabOptions options, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private FileStream? _lock;
    private DateTimeOffset _next;
    private bool _said;

    /// <summary>Whether this lab is the one. Asked again and again, it takes over when the other one ends.</summary>
    public bool IsThis
    {
        get
        {
            lock (_gate)
            {
                if (_lock is not null || time.GetUtcNow() < _next)
                    return _lock is not null;
                _next = time.GetUtcNow() + Retry;
                try
                {
                    _lock = new FileStream(FileOf("lock"), new FileStreamOptions
                    {
                        Mode = FileMode.OpenOrCreate,
                        Access = FileAccess.ReadWrite,
                        Share = FileShare.None,
                        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    });
                }
                catch (IOException)
                {
                    if (!_said)
                        RecordingLog.OtherLabWrites(log, options.Root);
                    _said = true;
                }
                return _lock is not null;
            }
        }
    }

    /// <summary>A file of the recorder's for this root folder.</summary>
    public string FileOf(string name)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.Root)))[..16];
        var folder = Path.Combine(options.StateFolder, "recording", mark);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.Combine(folder, name);
    }

    /// <inheritdoc />
    public void Dispose() => _lock?.Dispose();
}
