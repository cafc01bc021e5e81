"""/v1/audio: speech as real sound files, and transcripts of them.

Nobody speaks and nobody listens. Speech is a row of tones, one for each word (silence in the
formats that need a real encoder), and the words are noted in the file's comment; a transcript
reads that comment, and makes something up about any other sound.
"""
