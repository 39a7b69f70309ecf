using System.Buffers.Binary;

namespace Holdfast.Kernels.Wire;

/// <summary>What <see cref="ReceiveBuffer.Scan"/> found at the front of the buffer.</summary>
internal enum Found
{
    /// <summary>Nothing whole: receive more.</summary>
    Nothing,
    /// <summary>A command, in <see cref="ReceiveBuffer.Command"/>.</summary>
    Command,
    /// <summary>A whole message, in <see cref="ReceiveBuffer.Frames"/>; the next scan goes on behind it.</summary>
    Message,
    /// <summary>Bytes that are not ZMTP, named in <see cref="ReceiveBuffer.Fault"/>.</summary>
    Fault,
}

/// <summary>
/// What one connection has received and not yet handed over, cut into ZMTP 3 frames (RFC 23 and 37 of rfc.zeromq.org). A message always lies
/// in one piece here: it is received to where it is read from. The buffer grows to hold a large message and goes back to its usual size.
/// </summary>
internal sealed class ReceiveBuffer : IDisposable
{
    /// <summary>The usual size: what one receive can take.</summary>
    public const int UsualSize = 256 * 1024;
    /// <summary>A buffer up to this size is kept while large messages keep coming.</summary>
    private const int KeptSize = 2 * 1024 * 1024;
    /// <summary>The largest message in all its frames; with its frames below <see cref="FrameLimit"/>, every layout of it stays below 2 GiB.</summary>
    public const int MessageLimit = 0x7F00_0000;
    private const int FrameLimit = 65_536;
    private const int SmallRoom = 16 * 1024;
    private const int DrainsBeforeShrinking = 16;

    private readonly List<(int Offset, int Length)> _frames = [];
    private AnonymousMemory _memory = new(UsualSize);
    private int _capacity = UsualSize;
    private int _start;   // of the message in front
    private int _scan;    // of the frame that is looked for next
    private int _end;     // of what was received
    private int _wanted;  // bytes behind _start needed for the next scan to find something
    private int _smallDrains;
    private bool _handedOver;

    /// <summary>Why <see cref="Scan"/> gave <see cref="Found.Fault"/>.</summary>
    public string? Fault { get; private set; }

    /// <summary>The body of the command found.</summary>
    public ReadOnlyMemory<byte> Command { get; private set; }

    /// <summary>Number of frames of the message found.</summary>
    public int Frames => _frames.Count;

    /// <summary>A frame of the message found. Valid until the next scan.</summary>
    public ReadOnlyMemory<byte> Frame(int index) => _memory.Memory.Slice(_start + _frames[index].Offset, _frames[index].Length);

    /// <summary>What was received and not scanned.</summary>
    public ReadOnlySpan<byte> Unscanned => _memory.GetSpan()[_scan.._end];

    /// <summary>Passes over bytes that are not frames: the greeting.</summary>
    public void Skip(int count) => _start = _scan += count;

    /// <summary>Looks for the next message or command.</summary>
    public Found Scan()
    {
        if (_handedOver)
        {
            _handedOver = false;
            _frames.Clear();
            _start = _scan;
        }

        while (true)
        {
            var seen = _memory.GetSpan()[_scan.._end];
            if (seen.Length < 2) return Want(2);
            var flags = seen[0];
            if ((flags & ~(Zmtp.More | Zmtp.Long | Zmtp.Command)) != 0 || (flags & (Zmtp.Command | Zmtp.More)) == (Zmtp.Command | Zmtp.More))
                return Refuse($"The kernel's socket sent a frame with the flags 0x{flags:x2}, which ZMTP 3 does not know.");

            var prefix = (flags & Zmtp.Long) != 0 ? 9 : 2;
            if (seen.Length < prefix) return Want(prefix);
            var length = prefix == 2 ? seen[1] : BinaryPrimitives.ReadUInt64BigEndian(seen[1..]);
            if (length > MessageLimit || (long)length + prefix + (_scan - _start) > MessageLimit)
                return Refuse($"The kernel's socket sent a message with a frame of {length} bytes; the limit of a message is {MessageLimit} bytes.");

            var whole = prefix + (int)length;
            if (seen.Length < whole) return Want(whole);
            var body = _scan + prefix;
            _scan += whole;
            if ((flags & Zmtp.Command) != 0)
            {
                // libzmq puts a PING between the frames of a message, too.
                Command = _memory.Memory.Slice(body, (int)length);
                if (_frames.Count == 0) _start = _scan;
                return Found.Command;
            }

            if (_frames.Count == FrameLimit) return Refuse($"The kernel's socket sent a message of more than {FrameLimit} frames.");
            _frames.Add((body - _start, (int)length));
            if ((flags & Zmtp.More) != 0) continue;
            _handedOver = true;
            return Found.Message;
        }
    }

    private Found Want(int bytes)
    {
        _wanted = _scan - _start + bytes;
        return Found.Nothing;
    }

    private Found Refuse(string fault)
    {
        Fault = fault;
        return Found.Fault;
    }

    /// <summary>Where to receive to; never empty. Call after <see cref="Scan"/> found nothing.</summary>
    public Memory<byte> Room()
    {
        var held = _end - _start;
        if (_wanted > _capacity)
        {
            // Doubled at least, so that a message of many frames is not copied once for every frame.
            Move(Math.Max(_wanted, (int)Math.Min(2L * _capacity, MessageLimit)));
            _smallDrains = 0;
        }
        else if (_capacity > UsualSize && Math.Max(held, _wanted) < UsualSize / 2 && (_capacity > KeptSize || _smallDrains++ >= DrainsBeforeShrinking))
        {
            Move(UsualSize);
        }
        else if (_start > 0 && (held == 0 || _start + _wanted > _capacity || _capacity - _end < SmallRoom))
        {
            MoveWithin();
        }

        return _memory.Memory[_end.._capacity];
    }

    /// <summary>Says that <paramref name="count"/> bytes were received into <see cref="Room"/>.</summary>
    public void Received(int count) => _end += count;

    private void Move(int capacity)
    {
        var larger = new AnonymousMemory(capacity);
        _memory.GetSpan()[_start.._end].CopyTo(larger.GetSpan());
        ((IDisposable)_memory).Dispose();
        (_memory, _capacity) = (larger, capacity);
        Rebase();
    }

    private void MoveWithin()
    {
        var span = _memory.GetSpan();
        span[_start.._end].CopyTo(span);
        Rebase();
    }

    private void Rebase()
    {
        _end -= _start;
        _scan -= _start;
        _start = 0;
    }

    /// <inheritdoc />
    public void Dispose() => ((IDisposable)_memory).Dispose();
}
