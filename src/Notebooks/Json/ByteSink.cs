namespace Holdfast.Notebooks.Json;

internal delegate void ByteDrain(ReadOnlySpan<byte> bytes);

/// <summary>Gathers small writes before they go where the bytes go; large ones pass straight through.</summary>
internal sealed class ByteSink(ByteDrain drain)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _used;

    public void Write(byte value)
    {
        if (_used == _buffer.Length)
            Flush();
        _buffer[_used++] = value;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used)
        {
            Flush();
            if (bytes.Length >= _buffer.Length)
            {
                drain(bytes);
                return;
            }
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    public void Flush()
    {
        if (_used > 0)
            drain(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
